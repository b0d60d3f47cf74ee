using System.Security.Cryptography;
using Fleet.Controller.Registry;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Controller.Scans;

/// <summary>Sees to it that every linked agent has the scans that are meant for it, and no others.</summary>
/// <remarks>
/// It compares what each should have with what it was last told or said it has: whatever changed (a scan, a label, a fact, a link),
/// the comparison finds it, and nothing is sent where nothing differs.
/// </remarks>
internal sealed partial class ScanAssignment
{
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_lookAnyway = TimeSpan.FromMinutes(1);

    private readonly ScanRegistry _scans;
    private readonly AgentRegistry _agents;
    private readonly TimeProvider _time;
    private readonly ILogger<ScanAssignment> _log;
    private readonly WakeUp _wake = new();

    public ScanAssignment(ScanRegistry scans, AgentRegistry agents, TimeProvider time, ILogger<ScanAssignment> log)
    {
        (_scans, _agents, _time, _log) = (scans, agents, time, log);
        scans.Changed += _wake.Set;
        agents.Changed += _wake.Set;
    }

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
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Tells every linked agent whose scans differ from what it should have.</summary>
    public void Assign()
    {
        var scans = _scans.Current;
        var sets = new Dictionary<string, ScanSet>(StringComparer.Ordinal);
        foreach (var agent in _agents.InOrder)
        {
            if (agent.Link is not { } link)
                continue;
            var subject = new AgentSubject(agent);
            var matching = scans.Scans.Values.Where(scan => scan.Target.Matches(subject)).ToList();
            var key = string.Join('\n', matching.Select(scan => scan.Record.Name));
            if (!sets.TryGetValue(key, out var set))
                sets.Add(key, set = SetOf(matching));
            if (set.Digest == link.ScanSetDigest)
                continue;
            if (link.Post(new ControllerMessage { ScanSet = set }))
            {
                link.ScanSetDigest = set.Digest;
                LogAssigned(agent.Name, matching.Count, set.Digest);
            }
        }
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

    [LoggerMessage(4600, LogLevel.Information, "{Agent} gets {Scans} scans, set {Digest}")]
    private partial void LogAssigned(string agent, int scans, string digest);
}
