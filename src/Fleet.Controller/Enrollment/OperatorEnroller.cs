using Fleet.Controller.Identity;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Enrollment;

/// <summary>Lets operators in. What <see cref="AgentEnroller"/> says of repeated enrollments holds here too.</summary>
internal sealed partial class OperatorEnroller(
    CertificateAuthority authority,
    IFleetStore store,
    IdentityDirectory directory,
    IdentityRevocation revocation,
    TokenGate gate,
    TimeProvider time,
    ILogger<OperatorEnroller> logger)
{
    /// <summary>Decides on an application.</summary>
    public async Task<JoinOutcome<OperatorRecord>> EnrollAsync(OperatorApplication application, CancellationToken cancellationToken)
    {
        // 1. The token first: strangers learn nothing else.
        var (token, refusal) = await gate.CheckAsync(application.Token, TokenKind.Operator, application.Address, cancellationToken);
        if (token is null)
            return Refuse(refusal!);

        // 2. The application's form.
        var fault = ApplicationCheck.OperatorNameFault(application.Name) ?? ApplicationCheck.EnrollmentIdFault(application.EnrollmentId);
        if (fault is not null)
            return Refuse(JoinRefusal.Bad(fault));
        if (!RequestedKey.TryRead(application.Csr.Span, out var key, out var keyError))
            return Refuse(JoinRefusal.Bad(keyError));

        // 3. The store decides, and uses up the token, in one commit.
        var id = OperatorId.New().ToString();
        var issued = authority.Issue(new CertificateName(CertificateRole.Operator, id), key);
        var outcome = await store.Operators.EnrollAsync(ToEnrollment(application, token, id, issued), cancellationToken);
        if (outcome.Operator is not { } person)
            return Refuse(JoinRefusal.From(outcome.Refusal, application.Name, TokenKind.Operator));

        // 4. Stored: from here on nobody's giving up may leave it half done.
        if (outcome.Repeated)
            (person, issued) = await IssueAgainAsync(person, key);
        if (outcome.Replaced is { } replaced)
            revocation.Forget(replaced, $"another operator took over the name ({person.Id})");
        directory.AdmitAgain(new KnownIdentity(person, key.Hash), issued);
        LogEnrolled(person.Name, person.Id, person.Role, person.EnrolledByToken, application.Address, outcome.Repeated ? "again" : "for the first time");
        return new JoinOutcome<OperatorRecord>.Joined(person, [issued.Der]);
    }

    private static JoinOutcome<OperatorRecord>.Refused Refuse(JoinRefusal refusal) => new(refusal);

    private OperatorEnrollment ToEnrollment(OperatorApplication application, JoinToken token, string id, IssuedCertificate issued) => new()
    {
        TokenHash = token.SecretHash(),
        EnrollmentId = application.EnrollmentId,
        OperatorId = id,
        Name = application.Name,
        CertificateSerial = issued.Serial,
        CertificateNotAfter = issued.NotAfter,
        At = time.GetUtcNow(),
    };

    private async Task<(OperatorRecord Person, IssuedCertificate Issued)> IssueAgainAsync(OperatorRecord person, RequestedKey key)
    {
        var name = new CertificateName(CertificateRole.Operator, person.Id);
        var issued = authority.Issue(name, key);
        await store.Operators.SetCertificateAsync(person.Id, issued.Serial, issued.NotAfter, CancellationToken.None);
        if (directory.Find(name) is { } earlier && earlier.KeyHash != key.Hash)
            await revocation.RevokeCertificatesAsync(earlier, $"operator {person.Name} enrolled again with another key", CancellationToken.None);
        return (person with { CertificateSerial = issued.Serial, CertificateNotAfter = issued.NotAfter }, issued);
    }

    [LoggerMessage(3102, LogLevel.Information, "Operator {Name} ({OperatorId}, {Role}) enrolled {How} with token {TokenId} from {Address}")]
    private partial void LogEnrolled(
        string name, string operatorId, OperatorRole role, string? tokenId, System.Net.IPAddress? address, string how);
}
