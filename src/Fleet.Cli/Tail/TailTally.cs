using Fleet.Protocol.V1;

namespace Fleet.Cli.Tail;

/// <summary>What a tail came to: who follows, and how much was shown and left out.</summary>
internal sealed class TailTally
{
    private readonly HashSet<string> _everFollowed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);
    private Dictionary<string, string> _ended = new(StringComparer.Ordinal);
    private HashSet<string> _following = new(StringComparer.Ordinal);

    public long Lines { get; private set; }

    public ulong LeftOut { get; private set; }

    /// <summary>Hosts of which lines were shown.</summary>
    public int HostsShown => _shown.Count;

    /// <summary>Hosts that follow now.</summary>
    public int Following => _following.Count;

    /// <summary>Hosts that do not, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Ended => _ended;

    /// <summary>Something is shown.</summary>
    public void Count(TailItem item)
    {
        LeftOut += item.Dropped;
        if (item.Line is null)
            return;
        Lines++;
        _shown.Add(item.Host);
    }

    /// <summary>The hosts as they stand now.</summary>
    public HostChanges Take(TailHosts hosts)
    {
        var begun = hosts.Following.Where(name => !_everFollowed.Contains(name)).ToList();
        var back = hosts.Following.Where(name => _everFollowed.Contains(name) && !_following.Contains(name)).ToList();
        var ended = hosts.Ended.Select(host => (host.AgentName, host.Reason)).ToList();
        var gone = ended.Where(host => _ended.GetValueOrDefault(host.AgentName) != host.Reason).ToList();
        _everFollowed.UnionWith(hosts.Following);
        _following = hosts.Following.ToHashSet(StringComparer.Ordinal);
        _ended = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (host, reason) in ended)
            _ended[host] = reason;
        return new HostChanges(hosts.Following, ended, begun, back, gone);
    }
}
