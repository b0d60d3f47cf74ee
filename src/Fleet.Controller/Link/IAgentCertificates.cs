namespace Fleet.Controller.Link;

/// <summary>Renews the certificates of linked agents; the identity room's part in the link.</summary>
internal interface IAgentCertificates
{
    /// <summary>A certificate for the agent's present identity and the key of the request: DER, the agent's own first.</summary>
    /// <exception cref="FormatException">The request is malformed or its key is not allowed; the message says what to mend.</exception>
    Task<IReadOnlyList<byte[]>> RenewAsync(string agentId, byte[] csr, CancellationToken cancellationToken);
}
