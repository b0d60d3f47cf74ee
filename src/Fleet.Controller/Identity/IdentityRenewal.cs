using Fleet.Protocol.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>How a renewal ended.</summary>
internal abstract record RenewalOutcome
{
    private RenewalOutcome()
    {
    }

    /// <summary>A new certificate, recorded in the store.</summary>
    /// <param name="Chain">DER, the identity's own certificate first.</param>
    public sealed record Renewed(IReadOnlyList<byte[]> Chain) : RenewalOutcome;

    /// <summary>No certificate.</summary>
    /// <param name="Reason">Why, and how to fix it.</param>
    public sealed record Refused(string Reason) : RenewalOutcome;
}

/// <summary>
/// New certificates for identities that already have one. The earlier certificate stays good until an agent has connected with the new one (an
/// operator's: to its end): the reply may get lost, and its holder must still be able to come back and ask again.
/// </summary>
internal sealed class IdentityRenewal(CertificateAuthority authority, IFleetStore store, IdentityDirectory directory, TimeProvider time)
{
    /// <summary>Renews an agent's certificate.</summary>
    /// <param name="agentId">The agent, as its connection showed.</param>
    /// <param name="csr">PKCS #10, DER, of a new key or the old one.</param>
    /// <param name="cancellationToken">Gives up before the store has decided.</param>
    public Task<RenewalOutcome> RenewAgentAsync(string agentId, ReadOnlyMemory<byte> csr, CancellationToken cancellationToken) => RenewAsync(
        new CertificateName(CertificateRole.Agent, agentId),
        csr,
        issued => store.Agents.SetCertificateAsync(agentId, issued.Serial, issued.NotAfter, cancellationToken));

    /// <summary>An agent has connected: where it showed its newest certificate, the earlier ones are revoked.</summary>
    /// <param name="agentId">The agent.</param>
    /// <param name="serial">Serial of the certificate that it showed.</param>
    /// <param name="cancellationToken">Gives up before the store has decided.</param>
    public async Task ConfirmAgentAsync(string agentId, string serial, CancellationToken cancellationToken)
    {
        if (directory.Find(new CertificateName(CertificateRole.Agent, agentId)) is not { } identity || !identity.IsRenewedWith(serial))
            return;
        foreach (var earlier in await store.Agents.RevokeSupersededAsync(agentId, serial, time.GetUtcNow(), cancellationToken))
            directory.RevokeSerial(earlier);
        identity.Confirmed(serial);
    }

    /// <summary>Renews an operator's certificate.</summary>
    public Task<RenewalOutcome> RenewOperatorAsync(string operatorId, ReadOnlyMemory<byte> csr, CancellationToken cancellationToken) => RenewAsync(
        new CertificateName(CertificateRole.Operator, operatorId),
        csr,
        issued => store.Operators.SetCertificateAsync(operatorId, issued.Serial, issued.NotAfter, cancellationToken));

    private async Task<RenewalOutcome> RenewAsync(
        CertificateName name, ReadOnlyMemory<byte> csr, Func<IssuedCertificate, Task<bool>> recordAsync)
    {
        if (!RequestedKey.TryRead(csr.Span, out var key, out var error))
            return new RenewalOutcome.Refused(error);
        var issued = authority.Issue(name, key);
        if (!await recordAsync(issued))
            return new RenewalOutcome.Refused("the identity is no longer active");
        directory.Find(name)?.Renewed(issued);
        return new RenewalOutcome.Renewed([issued.Der]);
    }
}
