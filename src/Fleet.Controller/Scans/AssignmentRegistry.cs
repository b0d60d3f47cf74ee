using Fleet.Storage;

namespace Fleet.Controller.Scans;

/// <summary>Which agent was given which scan: what it may report of. In memory; what has changed is written behind.</summary>
/// <remarks>
/// An agent that was away when a scan was changed goes on by the set it has, and tells later what it found: so a scan counts as given until the
/// agent was sent a set without it, and for a while after that.
/// </remarks>
internal sealed class AssignmentRegistry
{
    /// <summary>How long an agent may go on reading by a set after another one was sent to it. Bounds what its clock may be ahead, too.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(15);

    /// <summary>How long it is remembered that an agent once had a scan: as long as reports may lie in its spool.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    private const int RowsPerCommit = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, Span>> _byAgent = new(StringComparer.Ordinal);
    private readonly HashSet<(string AgentId, string Scan)> _unwritten = [];

    /// <summary>Reads what is stored, once, at start.</summary>
    public async Task LoadAsync(IScanStore store, CancellationToken cancellationToken)
    {
        var stored = await store.ListAssignmentsAsync(cancellationToken);
        lock (_lock)
        {
            foreach (var (agentId, scan, revision, until) in stored)
                SpansOf_NeedsLock(agentId)[scan] = new Span(revision, until);
        }
    }

    /// <summary>An agent has these scans and no others from now on; true where that is news.</summary>
    public bool Give(string agentId, IReadOnlyList<KnownScan> scans, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (scans.Count == 0 && !_byAgent.ContainsKey(agentId))
                return false;
            var spans = SpansOf_NeedsLock(agentId);
            var isNews = false;
            foreach (var scan in scans)
            {
                var known = spans.GetValueOrDefault(scan.Record.Name);
                isNews |= Put_NeedsLock(agentId, spans, scan.Record.Name, new Span(Math.Max(known.Revision, scan.Record.Revision), null));
            }

            var names = scans.Select(scan => scan.Record.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var (scan, span) in spans.Where(entry => entry.Value.Until is null && !names.Contains(entry.Key)).ToArray())
                isNews |= Put_NeedsLock(agentId, spans, scan, span with { Until = now });
            return isNews;
        }
    }

    /// <summary>Whether an agent was ever given a scan, as far as is remembered.</summary>
    public bool Knows(string agentId, string scan)
    {
        lock (_lock)
            return _byAgent.TryGetValue(agentId, out var spans) && spans.ContainsKey(scan);
    }

    /// <summary>How many scans an agent has now.</summary>
    public int CountOf(string agentId)
    {
        lock (_lock)
            return _byAgent.TryGetValue(agentId, out var spans) ? spans.Values.Count(span => span.Until is null) : 0;
    }

    /// <summary>Whether an agent had a scan in a revision (0: any) when it read a line.</summary>
    public bool Had(string agentId, string scan, ulong revision, DateTimeOffset readAt)
    {
        lock (_lock)
        {
            return _byAgent.TryGetValue(agentId, out var spans) && spans.TryGetValue(scan, out var span)
                && revision <= (ulong)span.Revision && (span.Until is not { } until || readAt <= until + Grace);
        }
    }

    /// <summary>Forgets an agent; the store does so itself.</summary>
    public void Remove(string agentId)
    {
        lock (_lock)
        {
            _byAgent.Remove(agentId);
            _unwritten.RemoveWhere(entry => entry.AgentId == agentId);
        }
    }

    /// <summary>Writes what has changed; where that fails it is written the next time.</summary>
    public async Task WriteAsync(IScanStore store, CancellationToken cancellationToken)
    {
        while (Take() is { Count: > 0 } rows)
        {
            try
            {
                await store.PutAssignmentsAsync(rows, cancellationToken);
            }
            catch
            {
                lock (_lock)
                    _unwritten.UnionWith(rows.Select(row => (row.AgentId, row.Scan)));
                throw;
            }
        }
    }

    /// <summary>Forgets what ended long ago, here and in the store.</summary>
    public Task<int> ForgetAsync(IScanStore store, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var spans in _byAgent.Values)
            {
                foreach (var (scan, _) in spans.Where(entry => entry.Value.Until < now - Memory).ToArray())
                    spans.Remove(scan);
            }
        }

        return store.ForgetAssignmentsAsync(now - Memory, cancellationToken);
    }

    private List<ScanAssignmentRecord> Take()
    {
        lock (_lock)
        {
            var rows = new List<ScanAssignmentRecord>();
            foreach (var (agentId, scan) in _unwritten.Take(RowsPerCommit).ToArray())
            {
                _unwritten.Remove((agentId, scan));
                if (_byAgent.TryGetValue(agentId, out var spans) && spans.TryGetValue(scan, out var span))
                    rows.Add(new ScanAssignmentRecord(agentId, scan, span.Revision, span.Until));
            }

            return rows;
        }
    }

    private bool Put_NeedsLock(string agentId, Dictionary<string, Span> spans, string scan, Span span)
    {
        if (spans.TryGetValue(scan, out var known) && known == span)
            return false;
        spans[scan] = span;
        _unwritten.Add((agentId, scan));
        return true;
    }

    private Dictionary<string, Span> SpansOf_NeedsLock(string agentId)
    {
        if (!_byAgent.TryGetValue(agentId, out var spans))
            _byAgent.Add(agentId, spans = new Dictionary<string, Span>(StringComparer.Ordinal));
        return spans;
    }

    private readonly record struct Span(long Revision, DateTimeOffset? Until);
}
