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
    private readonly Dictionary<(string AgentId, string ProcessId), DateTimeOffset> _replaced = [];

    /// <summary>Judges a newcomer against the link that stands.</summary>
    public TakeOver Judge(string agentId, string standingProcess, string newcomer)
    {
        if (standingProcess == newcomer)
            return TakeOver.Reconnect;
        return _replaced.TryGetValue((agentId, newcomer), out var at) && time.GetUtcNow() - at < Memory
            ? TakeOver.Clone
            : TakeOver.Replace;
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

    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, at) in _replaced)
        {
            if (now - at >= Memory)
                _replaced.Remove(key);
        }
    }
}
