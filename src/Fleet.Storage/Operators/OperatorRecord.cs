namespace Fleet.Storage;

/// <summary>What is remembered of one operator.</summary>
public sealed record OperatorRecord
{
    /// <summary>The operator's id; never reused.</summary>
    public required string Id { get; init; }

    /// <summary>Unique among active operators, ignoring case.</summary>
    public required string Name { get; init; }

    /// <summary>What they may do.</summary>
    public required OperatorRole Role { get; init; }

    /// <summary>Whether they may still come in.</summary>
    public OperatorState State { get; init; }

    /// <summary>Serial of their current certificate.</summary>
    public required string CertificateSerial { get; init; }

    /// <summary>When that certificate ends.</summary>
    public required DateTimeOffset CertificateNotAfter { get; init; }

    /// <summary>When they were added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Idempotency key of their enrollment; for operators added without a token, any unique text.</summary>
    public required string EnrollmentId { get; init; }

    /// <summary>Id of the token they enrolled with; null if added by the controller itself.</summary>
    public string? EnrolledByToken { get; init; }
}
