namespace Fleet.Storage;

/// <summary>An agent asks to join.</summary>
public sealed record AgentEnrollment
{
    /// <summary>SHA-256 of the token's secret.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>Idempotency key, chosen by the agent.</summary>
    public required string EnrollmentId { get; init; }

    /// <summary>The id the agent gets if it is new.</summary>
    public required string AgentId { get; init; }

    /// <summary>The name it asks for.</summary>
    public required string Name { get; init; }

    /// <summary>Labels the agent brings; the token's preset labels win over them.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Serial of the certificate made for it.</summary>
    public required string CertificateSerial { get; init; }

    /// <summary>When that certificate ends.</summary>
    public required DateTimeOffset CertificateNotAfter { get; init; }

    /// <summary>Which machine it runs on; null where it does not say.</summary>
    public string? Machine { get; init; }

    /// <summary>Version of the agent's program.</summary>
    public string? Version { get; init; }

    /// <summary>Now; the token's expiry is judged by it.</summary>
    public required DateTimeOffset At { get; init; }
}
