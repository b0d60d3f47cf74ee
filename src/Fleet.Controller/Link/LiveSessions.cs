using Fleet.Controller.Logging;
using Fleet.Hosting.Settings;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Link;

/// <summary>The links that stand, at most one for each identity.</summary>
internal sealed partial class LiveSessions
{
    private const int LinesAMinute = 10;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AgentSession> _sessions = new(StringComparer.Ordinal);
    private readonly CloneGuard _clones;
    private readonly Reloadable<LinkOptions> _options;
    private readonly PeerLines _lines;
    private readonly ILogger<LiveSessions> _log;
    private Goodbye? _closed;

    public LiveSessions(Reloadable<LinkOptions> options, PeerLines lines, TimeProvider time, ILogger<LiveSessions> log)
    {
        _lines = lines;
        _clones = new CloneGuard(time);
        _options = options;
        _log = log;
    }

    /// <summary>Lets a link in, and ends the one it takes the place of; or says why it may not come in.</summary>
    /// <param name="newcomer">The link, its hello read.</param>
    /// <param name="duplicate">How it shows that two processes use the identity; null where it does not.</param>
    public Goodbye? Admit(AgentSession newcomer, out string? duplicate)
    {
        duplicate = null;
        AgentSession? standing;
        TakeOver verdict;
        lock (_lock)
        {
            if (_closed is not null)
                return _closed;
            _sessions.TryGetValue(newcomer.Agent.Id, out standing);
            verdict = standing is null
                ? TakeOver.Reconnect
                : _clones.Judge(newcomer.Agent.Id, standing.ProcessId, newcomer.ProcessId);
            // A container shows the kernel it happens to run on, and may go back to a node; a machine cannot go back to a boot.
            if (newcomer.Machine.Length > 0 && _clones.IsEarlierBoot(newcomer.Agent.Id, newcomer.BootId))
                duplicate = $"an earlier boot of its host is back, at {newcomer.Peer}: two machines run with one identity";
            if (verdict == TakeOver.Replace)
                _clones.Replaced(newcomer.Agent.Id, standing!.ProcessId);
            if (verdict != TakeOver.Clone)
                _sessions[newcomer.Agent.Id] = newcomer;
        }

        if (verdict == TakeOver.Clone)
        {
            duplicate = $"two processes take turns, at {standing!.Peer} and at {newcomer.Peer}";
            if (_lines.AdmitsOfAgent(newcomer.Agent.Name, "two processes live with its identity", newcomer.Peer))
                LogClone(_log, newcomer.Agent.Name, standing.Peer, newcomer.Peer);
            return Replaced(_options.Value.CloneRetryAfter);
        }

        if (verdict == TakeOver.Replace && _lines.AdmitsOfAgent(newcomer.Agent.Name, "replaced by another process", newcomer.Peer, LinesAMinute))
            LogReplaced(_log, newcomer.Agent.Name, standing!.Peer, newcomer.Peer);
        standing?.Cut(Replaced(_options.Value.ReplacedRetryAfter));
        return null;
    }

    /// <summary>A link has ended; a newer one of the same identity stays.</summary>
    public void Leave(AgentSession session)
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(session.Agent.Id, out var standing) && ReferenceEquals(standing, session))
                _sessions.Remove(session.Agent.Id);
        }
    }

    /// <summary>An operator has decided whose identity it is: what was seen so far does not count any more.</summary>
    public void Forget(string agentId)
    {
        lock (_lock)
            _clones.Forget(agentId);
    }

    /// <summary>Ends an agent's link, if it has one.</summary>
    public void Cut(string agentId, Goodbye goodbye)
    {
        AgentSession? session;
        lock (_lock)
            session = _sessions.GetValueOrDefault(agentId);
        session?.Cut(goodbye);
    }

    /// <summary>Ends all links and lets no more in.</summary>
    public void CloseAll(Goodbye goodbye)
    {
        lock (_lock)
            _closed = goodbye;
        foreach (var session in All())
            session.Cut(goodbye);
    }

    /// <summary>The links that stand at this moment.</summary>
    public IReadOnlyList<AgentSession> All()
    {
        lock (_lock)
            return [.. _sessions.Values];
    }

    private static Goodbye Replaced(TimeSpan retryAfter) => new()
    {
        Cause = Goodbye.Types.Cause.Replaced,
        Reason = "another process is connected with the same identity; if this host was cloned, enroll it again",
        RetryAfterMs = (long)retryAfter.TotalMilliseconds,
    };

    [LoggerMessage(3520, LogLevel.Warning,
        "Agent {Agent}: a second process with its identity connected from {NewPeer} and replaces the one at {OldPeer}")]
    private static partial void LogReplaced(ILogger log, string agent, string oldPeer, string newPeer);

    [LoggerMessage(3521, LogLevel.Warning,
        "Agent {Agent}: two processes use one identity, at {OldPeer} (kept) and {NewPeer} (refused); was the host cloned? Enroll one of them again")]
    private static partial void LogClone(ILogger log, string agent, string oldPeer, string newPeer);
}
