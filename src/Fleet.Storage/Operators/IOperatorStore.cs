namespace Fleet.Storage;

/// <summary>People and programs that may give orders.</summary>
public interface IOperatorStore
{
    /// <summary>Uses up one use of the token and adds the operator, both or neither; harmless when repeated.</summary>
    Task<OperatorEnrollmentOutcome> EnrollAsync(OperatorEnrollment enrollment, CancellationToken cancellationToken);

    /// <summary>Adds an operator without a token, such as the first admin; false if the id, name or enrollment id is taken.</summary>
    Task<bool> AddAsync(OperatorRecord record, CancellationToken cancellationToken);

    /// <summary>The operator with this id, revoked ones included; null if there is none.</summary>
    Task<OperatorRecord?> GetAsync(string operatorId, CancellationToken cancellationToken);

    /// <summary>All operators, revoked ones included, ordered by name ignoring case.</summary>
    Task<IReadOnlyList<OperatorRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Records a renewed certificate; false if the operator is not active.</summary>
    Task<bool> SetCertificateAsync(string operatorId, string serial, DateTimeOffset notAfter, CancellationToken cancellationToken);

    /// <summary>Revokes the operator and the certificate; returns the operator as it is then, or null if not active.</summary>
    Task<OperatorRecord?> RevokeAsync(string operatorId, DateTimeOffset at, CancellationToken cancellationToken);
}
