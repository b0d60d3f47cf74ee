using System.Security.Cryptography;
using Fleet.Controller.Logging;
using Fleet.Controller.Registry;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Scans;

/// <summary>Sees to it that every linked agent has the scans that are meant for it, and no others.</summary>
/// <remarks>
/// It compares what each should have with what it was last told or said it has: whatever changed (a scan, a label, a fact, a link),
/// the comparison finds it, and nothing is sent where nothing differs.
/// </remarks>
internal sealed partial class ScanAssignment
{
    private const int LinesAMinute = 10;
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_lookAnyway = TimeSpan.FromMinutes(1);

    private readonly ScanRegistry _scans;
    private readonly AgentRegistry _agents;
    private readonly PeerLines _lines;
    private readonly AssignmentRegistry _book;
    private readonly IFleetStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<ScanAssignment> _log;
    private readonly WakeUp _wake = new();
    private readonly Lock _lock = new();

    // Sets by the scans in them, of one snapshot; agents that were looked at and have not changed since.
    private readonly Dictionary<string, ScanSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Look> _looks = new(StringComparer.Ordinal);
    private ScanSnapshot? _setsOf;

    public ScanAssignment(
        ScanRegistry scans, AgentRegistry agents, AssignmentRegistry book, IFleetStore store, PeerLines lines, TimeProvider time, ILogger<ScanAssignment> log)
    {
        (_scans, _agents, _book, _store, _lines, _time, _log) = (scans, agents, book, store, lines, time, log);
        scans.Changed += _wake.Set;
        agents.Changed += _wake.Set;
    }

    private readonly record struct Look(IAgentLink Link, AgentRecord Record);

    /// <summary>Agents that a scan is for.</summary>
    public IEnumerable<AgentEntry> AgentsOf(KnownScan scan) => _agents.InOrder.Where(agent => scan.Target.Matches(new AgentSubject(agent)));

    /// <summary>The loop. Ends when the token says so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync(s_lookAnyway, _time, cancellationToken);
                // Agents come back and labels change in crowds: one look for many of them.
                await Task.Delay(s_gather, _time, cancellationToken);
                Assign();
                await WriteAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    // Written behind: an agent that is linked says again what it has, and one that is not was told before.
    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _book.WriteAsync(_store.Scans, cancellationToken);
        }
        catch (StoreException e)
        {
            LogNotWritten(e);
        }
    }

    /// <summary>Tells every linked agent whose scans differ from what it should have.</summary>
    public void Assign()
    {
        var agents = _agents.InOrder;
        lock (_lock)
        {
            foreach (var agent in agents)
                Assign_NeedsLock(agent);
            if (_looks.Count > agents.Count)
                ForgetGone_NeedsLock(agents);
        }
    }

    /// <summary>Tells one agent, where its scans differ. After this the book knows what the agent may report of.</summary>
    public void Assign(AgentEntry agent)
    {
        lock (_lock)
            Assign_NeedsLock(agent);
    }

    private void Assign_NeedsLock(AgentEntry agent)
    {
        var scans = _scans.Current;
        if (!ReferenceEquals(scans, _setsOf))
        {
            _setsOf = scans;
            _sets.Clear();
            _looks.Clear();
        }

        // Records are replaced, never changed: the same link and record mean the same answer.
        if (agent.Link is not { } link || (_looks.TryGetValue(agent.Id, out var seen) && seen == new Look(link, agent.Record)))
            return;
        var look = new Look(link, agent.Record);
        var subject = new AgentSubject(agent);
        var matching = scans.Scans.Values.Where(scan => scan.Target.Matches(subject)).ToList();
        var key = string.Join('\n', matching.Select(scan => scan.Record.Name));
        if (!_sets.TryGetValue(key, out var set))
            _sets.Add(key, set = SetOf(matching));
        if (set.Digest != link.ScanSetDigest)
        {
            if (!link.Post(new ControllerMessage { ScanSet = set }))
                return;
            link.ScanSetDigest = set.Digest;
            if (_lines.AdmitsOfAgent(agent.Name, "gets scans", $"set {set.Digest}", LinesAMinute))
                LogAssigned(agent.Name, matching.Count, set.Digest);
        }

        if (_book.Give(agent.Id, matching, _time.GetUtcNow()))
            _wake.Set();
        _looks[agent.Id] = look;
    }

    private void ForgetGone_NeedsLock(IReadOnlyList<AgentEntry> agents)
    {
        foreach (var gone in _looks.Keys.Except(agents.Select(agent => agent.Id)).ToArray())
            _looks.Remove(gone);
    }

    /// <summary>A set as it goes to agents; the digest of none is empty, as an agent says it that was never given one.</summary>
    private static ScanSet SetOf(List<KnownScan> scans)
    {
        var set = new ScanSet();
        set.Scans.AddRange(scans.Select(scan => scan.Order));
        if (scans.Count > 0)
            set.Digest = Convert.ToHexStringLower(SHA256.HashData(set.ToByteArray()));
        return set;
    }

    [LoggerMessage(4600, LogLevel.Information, "{Agent} is assigned {Scans} scans, set {Digest}")]
    private partial void LogAssigned(string agent, int scans, string digest);

    [LoggerMessage(4602, LogLevel.Error, "The assignment of scans to agents could not be stored; retrying within a minute")]
    private partial void LogNotWritten(Exception error);
}
