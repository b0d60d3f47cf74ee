using System.Net;
using System.Net.Sockets;
using Fleet.Protocol.NodeSets;

namespace Fleet.Cli.Install;

/// <summary>Reads `--ssh`: hosts apart by commas, each `[user@]host[:port]`, where a host may be a node set (`web[01-20]`).</summary>
internal static class SshHostList
{
    /// <summary>The hosts, each once, in the order given.</summary>
    /// <exception cref="CommandFailure">One of them cannot be used.</exception>
    public static IReadOnlyList<InstallTarget> Read(IEnumerable<string> texts)
    {
        var targets = new Dictionary<string, InstallTarget>(StringComparer.Ordinal);
        foreach (var item in texts.SelectMany(Split))
        {
            foreach (var target in ReadItem(item))
            {
                if (!targets.TryAdd(target.Name, target) && (targets[target.Name].User, targets[target.Name].Port) != (target.User, target.Port))
                    throw CommandFailure.Usage($"--ssh names {target.Name} twice, with different users or ports", "list it once");
            }
        }

        return targets.Count > 0 ? [.. targets.Values] : throw CommandFailure.Usage("--ssh names no host", "write --ssh user@host,host2");
    }

    private static IEnumerable<InstallTarget> ReadItem(string item)
    {
        var at = item.LastIndexOf('@');
        var user = at < 0 ? null : item[..at];
        if (user is not null && SshNames.UserFault(user) is { } userFault)
            throw Refuse(item, userFault);
        var (hosts, portText) = SplitPort(item[(at + 1)..]);
        var port = 0;
        if (portText is not null && !SshNames.TryPort(portText, out port))
            throw Refuse(item, $"\"{portText}\" is not a port from 1 to 65535");
        if (hosts.StartsWith('-') && SshNames.HostFault(hosts) is { } option)
            throw Refuse(item, option);
        var names = IsAddress(hosts) ? [hosts] : NodeSet.TryParse(hosts, out var set, out var error) ? set.Names : throw Refuse(item, error!.Message);
        foreach (var host in names)
        {
            if (SshNames.HostFault(host) is { } fault)
                throw Refuse(item, fault);
            yield return new InstallTarget(host, host, user, portText is null ? null : port, []);
        }
    }

    private static (string Hosts, string? Port) SplitPort(string text)
    {
        // [2001:db8::1]:22; the brackets of web[01-20] come later in their name.
        var close = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (close > 0 && IsAddress(text[1..close]))
            return text.Length > close + 1 && text[close + 1] == ':' ? (text[1..close], text[(close + 2)..]) : (text[1..close], null);
        var colon = IsAddress(text) ? -1 : text.LastIndexOf(':');
        return colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static bool IsAddress(string text) => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    // A comma within brackets belongs to a node set.
    private static IEnumerable<string> Split(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            depth += i == text.Length ? 0 : text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
            if (i < text.Length && (text[i] != ',' || depth > 0))
                continue;
            if (text[start..i].Trim() is { Length: > 0 } item)
                yield return item;
            start = i + 1;
        }
    }

    private static CommandFailure Refuse(string item, string fault) =>
        CommandFailure.Usage($"--ssh \"{item}\": {fault}", "write [user@]host[:port], or web[01-20] for many");
}
