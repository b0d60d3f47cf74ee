namespace Fleet.Controller.Link;

/// <summary>What becomes of a process that links while another link of its identity stands.</summary>
internal enum TakeOver
{
    /// <summary>The same process: its earlier connection is dead, and only we have not noticed yet.</summary>
    Reconnect = 0,

    /// <summary>Another process: the newest wins, as after the restart of a host whose connection hangs half-open.</summary>
    Replace,

    /// <summary>A process that was replaced before is back while its successor lives: two run with one identity. Refused.</summary>
    Clone,
}

/// <summary>Tells a restarted agent from a cloned one, by evidence: who was replaced once and comes again was never dead.</summary>
/// <remarks>Remembers who was replaced, for a while and not more than so many; owned by <see cref="LiveSessions"/>'s lock.</remarks>
internal sealed class CloneGuard(TimeProvider time)
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);
    private const int BootsOfOne = 8;
    private static readonly TimeSpan BootMemory = TimeSpan.FromDays(1);
    private readonly Dictionary<(string AgentId, string ProcessId), DateTimeOffset> _replaced = [];
    private readonly Dictionary<string, List<(string BootId, DateTimeOffset LastSeen)>> _boots = new(StringComparer.Ordinal);

    /// <summary>Judges a newcomer against the link that stands.</summary>
    public TakeOver Judge(string agentId, string standingProcess, string newcomer)
    {
        if (standingProcess == newcomer)
            return TakeOver.Reconnect;
        return _replaced.TryGetValue((agentId, newcomer), out var at) && time.GetUtcNow() - at < Memory
            ? TakeOver.Clone
            : TakeOver.Replace;
    }

    /// <summary>Whether a boot of the host is back that another one had followed: a machine never goes back to an earlier boot, so these are two.</summary>
    public bool IsEarlierBoot(string agentId, string bootId)
    {
        var now = time.GetUtcNow();
        if (!_boots.TryGetValue(agentId, out var boots))
        {
            if (_boots.Count >= MostRemembered)
                ForgetBoots(now);
            if (_boots.Count >= MostRemembered)
                return false;
            _boots.Add(agentId, boots = new List<(string BootId, DateTimeOffset LastSeen)>(1));
        }

        boots.RemoveAll(boot => now - boot.LastSeen >= BootMemory);
        var isLatest = boots.Count > 0 && boots[^1].BootId == bootId;
        var isKnown = boots.RemoveAll(boot => boot.BootId == bootId) > 0;
        if (boots.Count >= BootsOfOne)
            boots.RemoveAt(0);
        boots.Add((bootId, now));
        return isKnown && !isLatest;
    }

    /// <summary>An operator has decided: what was seen so far does not count any more.</summary>
    public void Forget(string agentId)
    {
        _boots.Remove(agentId);
        foreach (var key in _replaced.Keys.Where(key => key.AgentId == agentId).ToArray())
            _replaced.Remove(key);
    }

    /// <summary>A process was replaced by another of its identity.</summary>
    public void Replaced(string agentId, string processId)
    {
        var now = time.GetUtcNow();
        if (_replaced.Count >= MostRemembered)
            Forget(now);
        if (_replaced.Count < MostRemembered)
            _replaced[(agentId, processId)] = now;
    }

    private void ForgetBoots(DateTimeOffset now)
    {
        foreach (var agentId in _boots.Where(entry => now - entry.Value[^1].LastSeen >= BootMemory).Select(entry => entry.Key).ToArray())
            _boots.Remove(agentId);
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, at) in _replaced)
        {
            if (now - at >= Memory)
                _replaced.Remove(key);
        }
    }
}
