using System.Net;

namespace Fleet.Controller.Enrollment;

/// <summary>An agent's wish to join, as it came.</summary>
internal sealed record AgentApplication
{
    /// <summary>The token's text.</summary>
    public required string Token { get; init; }

    /// <summary>Made by the agent once and kept.</summary>
    public required string EnrollmentId { get; init; }

    /// <summary>The name it asks for.</summary>
    public required string Name { get; init; }

    /// <summary>PKCS #10, DER.</summary>
    public required ReadOnlyMemory<byte> Csr { get; init; }

    /// <summary>What it says of its host.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Labels it brings.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it wants to take the name from an agent that has it.</summary>
    public bool Replace { get; init; }

    /// <summary>Which machine it is; empty where it does not say.</summary>
    public string Machine { get; init; } = "";

    /// <summary>Where it calls from.</summary>
    public IPAddress? Address { get; init; }
}
