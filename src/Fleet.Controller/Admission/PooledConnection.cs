namespace Fleet.Controller.Admission;

/// <summary>A connection's place in a <see cref="ConnectionPool"/>.</summary>
internal sealed class PooledConnection : IDisposable
{
    private readonly ConnectionPool _pool;
    private readonly Action<PeerSource> _evict;

    public PooledConnection(ConnectionPool pool, PeerSource source, Action<PeerSource> evict)
    {
        _pool = pool;
        _evict = evict;
        Source = source;
        Node = new LinkedListNode<PooledConnection>(this);
    }

    /// <summary>Where it comes from.</summary>
    public PeerSource Source { get; }

    /// <summary>Whether it is being served; the pool's to change.</summary>
    internal bool IsServed { get; set; }

    /// <summary>Its place in the pool's lists; null lists once it has left.</summary>
    internal LinkedListNode<PooledConnection> Node { get; }

    /// <summary>Says that it is being served, or waits for its peer again.</summary>
    public void SetServed(bool isServed) => _pool.SetServed(this, isServed);

    /// <inheritdoc/>
    public void Dispose() => _pool.Leave(this);

    internal void Evict() => _evict(Source);
}
