namespace Fleet.Storage;

/// <summary>An operator asks to join; the role comes from the token.</summary>
public sealed record OperatorEnrollment
{
    /// <summary>SHA-256 of the token's secret.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>Idempotency key, chosen by the client.</summary>
    public required string EnrollmentId { get; init; }

    /// <summary>The id the operator gets if new.</summary>
    public required string OperatorId { get; init; }

    /// <summary>The name asked for.</summary>
    public required string Name { get; init; }

    /// <summary>Serial of the certificate made for them.</summary>
    public required string CertificateSerial { get; init; }

    /// <summary>When that certificate ends.</summary>
    public required DateTimeOffset CertificateNotAfter { get; init; }

    /// <summary>Now; the token's expiry is judged by it.</summary>
    public required DateTimeOffset At { get; init; }
}
