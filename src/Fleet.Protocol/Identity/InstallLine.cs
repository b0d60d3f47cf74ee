namespace Fleet.Protocol.Identity;

/// <summary>
/// The one line that makes a host an agent. curl accepts the controller by its public key and by nothing else, so that whoever
/// is in between gets no connection: no script of theirs runs, and the token is not sent. -k is there because the certificate
/// comes from the fleet's own root and names no host; the pin is checked all the same. The token carries the fingerprint of
/// that root, to which `fleet-agent enroll` is pinned in its turn. No proxy is asked but one that is named, as for every link of Fleet's.
/// </summary>
/// <remarks>
/// A proxy goes to curl and to the script over pipes, written by the shell itself: its password stands in no list of processes. `--noproxy ''`
/// has the named proxy used whatever the environment exempts.
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
    /// <param name="proxy">The proxy that hosts go through; null for none.</param>
    public static string Fetch(ControllerAddress controller, ReadOnlySpan<byte> keyHash, ProxyAddress? proxy) => proxy is null
        ? $"curl -fsSk --noproxy '*' --pinnedpubkey '{Pin(keyHash)}' https://{controller}/install.sh"
        : $"printf 'proxy=%s\\n' '{proxy.ToCurlText()}' | curl -fsSk -K - --noproxy '' --pinnedpubkey '{Pin(keyHash)}' https://{controller}/install.sh";

    /// <summary>The line before the script that tells it of the proxy.</summary>
    /// <param name="proxy">The proxy that hosts go through.</param>
    public static string Prologue(ProxyAddress proxy) => $"FLEET_PROXY={proxy.ToCurlText()}";

    /// <summary>Makes the line.</summary>
    /// <param name="controller">Where hosts reach the controller.</param>
    /// <param name="keyHash">SHA-256 of the controller's SubjectPublicKeyInfo.</param>
    /// <param name="token">The join token; its characters need no quotes.</param>
    /// <param name="proxy">The proxy that the host goes through; null for none.</param>
    public static string Create(ControllerAddress controller, ReadOnlySpan<byte> keyHash, string token, ProxyAddress? proxy)
    {
        var prologue = proxy is null ? "" : $@"printf '%s\n' '{Prologue(proxy)}'; ";
        return $@"({prologue}{Fetch(controller, keyHash, proxy)} || printf '\nexit 1\n') | sudo sh -s -- --token {token}";
    }
}
