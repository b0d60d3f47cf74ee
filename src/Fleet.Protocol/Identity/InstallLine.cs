namespace Fleet.Protocol.Identity;

/// <summary>
/// The one line that makes a host an agent. curl accepts the controller by its public key and by nothing else, so that whoever
/// is in between gets no connection: no script of theirs runs, and the token is not sent. -k is there because the certificate
/// comes from the fleet's own root and names no host; the pin is checked all the same. The token carries the fingerprint of
/// that root, to which `fleet-agent enrol` is pinned in its turn. No proxy is asked, as for every link of Fleet's.
/// </summary>
/// <remarks>
/// Where curl fails, the shell is told to fail: a pipe ends as its last command does, and a shell that gets nothing succeeds. The line
/// holds neither `$` nor `"`, so that it may stand between double quotes, as in <c>ssh host "..."</c>.
/// </remarks>
public static class InstallLine
{
    /// <summary>The pin as curl takes it.</summary>
    /// <param name="keyHash">SHA-256 of the controller's SubjectPublicKeyInfo.</param>
    public static string Pin(ReadOnlySpan<byte> keyHash) => $"sha256//{Convert.ToBase64String(keyHash)}";

    /// <summary>The half of it that fetches the script.</summary>
    /// <param name="controller">Where hosts reach the controller.</param>
    /// <param name="keyHash">SHA-256 of the controller's SubjectPublicKeyInfo.</param>
    public static string Fetch(ControllerAddress controller, ReadOnlySpan<byte> keyHash) =>
        $"curl -fsSk --noproxy '*' --pinnedpubkey '{Pin(keyHash)}' https://{controller}/install.sh";

    /// <summary>Makes the line.</summary>
    /// <param name="controller">Where hosts reach the controller.</param>
    /// <param name="keyHash">SHA-256 of the controller's SubjectPublicKeyInfo.</param>
    /// <param name="token">The join token; its characters need no quotes.</param>
    public static string Create(ControllerAddress controller, ReadOnlySpan<byte> keyHash, string token) =>
        $@"({Fetch(controller, keyHash)} || printf '\nexit 1\n') | sudo sh -s -- --token {token}";
}
