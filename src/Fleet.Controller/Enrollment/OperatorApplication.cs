using System.Net;

namespace Fleet.Controller.Enrollment;

/// <summary>An operator's wish to join, as it came.</summary>
internal sealed record OperatorApplication
{
    /// <summary>The token's text.</summary>
    public required string Token { get; init; }

    /// <summary>Made by the client.</summary>
    public required string EnrollmentId { get; init; }

    /// <summary>The name asked for.</summary>
    public required string Name { get; init; }

    /// <summary>PKCS #10, DER.</summary>
    public required ReadOnlyMemory<byte> Csr { get; init; }

    /// <summary>Where they call from.</summary>
    public IPAddress? Address { get; init; }
}
