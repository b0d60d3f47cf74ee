namespace Fleet.Controller.Admission;

/// <summary>
/// A bounded set of connections that nobody vouches for. It is never full for a newcomer: beyond the bound a connection of the source
/// that has the most is closed, one that waits for its peer before one that is being served, the oldest first. So each source
/// has a share, and a single one may use all of it while nobody else comes.
/// </summary>
/// <param name="most">How many there may be; asked each time.</param>
/// <param name="known">A known source may have four times as many as a stranger before its turn to lose one comes.</param>
internal sealed class ConnectionPool(Func<int> most, KnownSources known)
{
    private const int KnownWeight = 4;
    private readonly Lock _lock = new();
    private readonly Dictionary<PeerSource, Members> _sources = [];
    private int _count;
    private long _evicted;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>How many were closed to make room, so far.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>Takes a connection in; dispose of the result when it ends or leaves the pool.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="evict">Closes it; called at most once, and not after it has left.</param>
    public PooledConnection Enter(PeerSource source, Action<PeerSource> evict)
    {
        var entered = new PooledConnection(this, source, evict);
        List<PooledConnection>? victims = null;
        lock (_lock)
        {
            Add_NeedsLock(entered);
            while (_count > Math.Max(1, most()))
            {
                var victim = Pick_NeedsLock();
                Remove_NeedsLock(victim);
                (victims ??= []).Add(victim);
            }
        }

        foreach (var victim in victims ?? [])
        {
            Interlocked.Increment(ref _evicted);
            victim.Evict();
        }

        return entered;
    }

    /// <summary>A connection has left; false where it was evicted before.</summary>
    internal bool Leave(PooledConnection connection)
    {
        lock (_lock)
            return Remove_NeedsLock(connection);
    }

    /// <summary>A connection is being served from now on, or is not any more.</summary>
    internal void SetServed(PooledConnection connection, bool isServed)
    {
        lock (_lock)
        {
            if (!Remove_NeedsLock(connection))
                return;
            connection.IsServed = isServed;
            Add_NeedsLock(connection);
        }
    }

    private PooledConnection Pick_NeedsLock()
    {
        Members? longest = null;
        var best = 0.0;
        foreach (var (source, members) in _sources)
        {
            // Whoever has no more than the longest so far cannot be longer, known or not.
            if (members.Count <= best)
                continue;
            var length = known.IsKnown(source) ? (double)members.Count / KnownWeight : members.Count;
            if (length > best)
                (longest, best) = (members, length);
        }

        return (longest!.Waiting.First ?? longest.Served.First)!.Value;
    }

    private void Add_NeedsLock(PooledConnection connection)
    {
        if (!_sources.TryGetValue(connection.Source, out var members))
            _sources[connection.Source] = members = new Members();
        (connection.IsServed ? members.Served : members.Waiting).AddLast(connection.Node);
        _count++;
    }

    private bool Remove_NeedsLock(PooledConnection connection)
    {
        if (connection.Node.List is not { } list)
            return false;
        list.Remove(connection.Node);
        _count--;
        if (_sources[connection.Source].Count == 0)
            _sources.Remove(connection.Source);
        return true;
    }

    private sealed class Members
    {
        public LinkedList<PooledConnection> Waiting { get; } = [];

        public LinkedList<PooledConnection> Served { get; } = [];

        public int Count => Waiting.Count + Served.Count;
    }
}
