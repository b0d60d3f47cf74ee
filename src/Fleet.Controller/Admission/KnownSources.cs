namespace Fleet.Controller.Admission;

/// <summary>
/// Sources from which an agent or operator is connected, or was within the last hour. Places are kept free for them, so that strangers
/// elsewhere cannot keep the fleet out. Lives in memory: after a start nobody is known yet.
/// </summary>
internal sealed class KnownSources(TimeProvider time)
{
    /// <summary>How long a source stays known after its last connection has ended.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>Sources remembered without a connection; beyond, the one that was seen longest ago is forgotten.</summary>
    public const int MostRemembered = 16_384;

    private readonly Lock _lock = new();
    private readonly Dictionary<PeerSource, int> _connected = [];
    private readonly Dictionary<PeerSource, long> _remembered = [];

    /// <summary>Whether an agent or operator is, or was lately, connected from there.</summary>
    public bool IsKnown(PeerSource source)
    {
        lock (_lock)
            return _connected.ContainsKey(source) || (_remembered.TryGetValue(source, out var at) && time.GetElapsedTime(at) < Memory);
    }

    /// <summary>An agent or operator has connected; dispose of the result when the connection ends.</summary>
    public IDisposable Connected(PeerSource source)
    {
        lock (_lock)
        {
            _connected[source] = _connected.GetValueOrDefault(source) + 1;
            _remembered.Remove(source);
        }

        return new Connection(this, source);
    }

    private void Disconnected(PeerSource source)
    {
        lock (_lock)
        {
            if (--_connected[source] > 0)
                return;
            _connected.Remove(source);
            if (_remembered.Count >= MostRemembered)
                _remembered.Remove(_remembered.MinBy(pair => pair.Value).Key);
            _remembered[source] = time.GetTimestamp();
        }
    }

    private sealed class Connection(KnownSources sources, PeerSource source) : IDisposable
    {
        private KnownSources? _sources = sources;

        public void Dispose() => Interlocked.Exchange(ref _sources, null)?.Disconnected(source);
    }
}
