using Fleet.Hosting.Settings;

namespace Fleet.Controller.Admission;

/// <summary>
/// Decides which connection may go on with its handshake, and when. Turns are for computing alone and are given back while a
/// connection waits for its peer; so whoever falls silent holds nobody up. Knows nothing of connections.
/// </summary>
/// <remarks>
/// Who has begun goes before who has not. Known sources and strangers alternate, and within both the sources take turns, whatever number of
/// connections each has. A quarter of the turns and of the rate is kept for known sources; a stranger's source has at most a
/// quarter of the turns, and a rate of its own.
/// </remarks>
internal sealed class HandshakeGate : IDisposable
{
    private const int Reserve = 4;
    private const int MostSources = 4096;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly Reloadable<HandshakeOptions> _options;
    private readonly KnownSources _known;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Dictionary<PeerSource, HandshakeSource> _sources = [];
    private readonly LinkedList<HandshakeWaiter> _begunKnown = [];
    private readonly LinkedList<HandshakeWaiter> _begunStrangers = [];
    private readonly LinkedList<HandshakeSource> _knownRound = [];
    private readonly LinkedList<HandshakeSource> _strangersRound = [];
    private readonly TokenBucket _rate = new();
    private int _sweepAt = MostSources;
    private int _waiting;
    private int _turns;
    private int _strangersTurns;
    private bool _isStrangersNext;
    private bool _isTimerSet;

    /// <param name="options">The bounds.</param>
    /// <param name="known">For whom a reserve is kept.</param>
    /// <param name="time">The clock.</param>
    public HandshakeGate(Reloadable<HandshakeOptions> options, KnownSources known, TimeProvider time)
    {
        _options = options;
        _known = known;
        _time = time;
        _timer = time.CreateTimer(static it => ((HandshakeGate)it!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Connections that wait for a turn.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Turns that are given.</summary>
    public int InProgress => Volatile.Read(ref _turns);

    private int StrangersTurns => _options.Value.MaxConcurrent - (_options.Value.MaxConcurrent / Reserve);

    private int TurnsPerStranger => Math.Max(1, _options.Value.MaxConcurrent / Reserve);

    /// <summary>Waits for a turn; null where the connection has gone before. Dispose of it when there is nothing to compute for now.</summary>
    /// <param name="peer">Where the connection comes from.</param>
    /// <param name="hasBegun">Whether it had a turn before.</param>
    /// <param name="gone">Fires when the connection ends, or its time is up.</param>
    public async ValueTask<HandshakeSlot?> EnterAsync(PeerSource peer, bool hasBegun, CancellationToken gone)
    {
        HandshakeWaiter waiter;
        lock (_lock)
        {
            waiter = new HandshakeWaiter(SourceOf_NeedsLock(peer));
            Queue_NeedsLock(waiter, _known.IsKnown(peer), hasBegun);
            Give_NeedsLock();
        }

        await using (gone.UnsafeRegister(_ => Leave(waiter), null))
            return await waiter.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>A turn is over.</summary>
    internal void Return(HandshakeSlot turn)
    {
        lock (_lock)
        {
            _turns--;
            turn.Source.Turns--;
            if (!turn.IsKnown)
                _strangersTurns--;
            Give_NeedsLock();
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            _isTimerSet = false;
            Give_NeedsLock();
        }
    }

    private void Leave(HandshakeWaiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node.List is not { } queue)
                return;
            queue.Remove(waiter.Node);
            _waiting--;
            if (waiter.Source.Waiting.Count == 0)
                waiter.Source.Node.List?.Remove(waiter.Source.Node);
        }

        waiter.End(null);
    }

    private HandshakeSource SourceOf_NeedsLock(PeerSource peer)
    {
        if (_sources.TryGetValue(peer, out var source))
            return source;
        if (_sources.Count >= _sweepAt)
        {
            // Who is not there and has its whole rate is as good as new.
            foreach (var (idle, state) in _sources)
            {
                if (state.Turns == 0 && state.Waiting.Count == 0 && state.Rate.Level(_options.Value.MaxPerSecondPerSource, _time) >= _options.Value.MaxPerSecondPerSource)
                    _sources.Remove(idle);
            }

            _sweepAt = Math.Max(MostSources, 2 * _sources.Count);
        }

        return _sources[peer] = new HandshakeSource();
    }

    private void Queue_NeedsLock(HandshakeWaiter waiter, bool isKnown, bool hasBegun)
    {
        _waiting++;
        if (hasBegun)
        {
            (isKnown ? _begunKnown : _begunStrangers).AddLast(waiter.Node);
            return;
        }

        // A source that has become known meanwhile changes over with all who wait.
        var source = waiter.Source;
        source.Waiting.AddLast(waiter.Node);
        var round = isKnown ? _knownRound : _strangersRound;
        if (source.Node.List == round)
            return;
        source.Node.List?.Remove(source.Node);
        round.AddLast(source.Node);
    }

    private void Give_NeedsLock()
    {
        while (_waiting > 0 && _turns < _options.Value.MaxConcurrent && TakeNext_NeedsLock(out var isKnown) is { } waiter)
        {
            _waiting--;
            _turns++;
            waiter.Source.Turns++;
            if (!isKnown)
                _strangersTurns++;
            waiter.End(new HandshakeSlot(this, waiter.Source, isKnown));
        }

        // Turns are free and somebody waits: for the rate.
        if (_waiting == 0 || _turns >= _options.Value.MaxConcurrent || _isTimerSet)
            return;
        _isTimerSet = true;
        _timer.Change(s_look, Timeout.InfiniteTimeSpan);
    }

    private HandshakeWaiter? TakeNext_NeedsLock(out bool isKnown)
    {
        isKnown = true;
        if (TakeFirst(_begunKnown) is { } known)
            return known;
        var mayStrangers = _strangersTurns < StrangersTurns;
        isKnown = false;
        if (mayStrangers && TakeFirst(_begunStrangers) is { } stranger)
            return stranger;

        var level = _rate.Level(_options.Value.MaxPerSecond, _time);
        for (var look = 0; look < 2; look++)
        {
            isKnown = !_isStrangersNext;
            _isStrangersNext = !_isStrangersNext;
            var found = isKnown
                ? (level >= 1 ? TakeFromRound_NeedsLock(_knownRound, isKnown) : null)
                : (mayStrangers && level >= 1 + (_options.Value.MaxPerSecond / Reserve) ? TakeFromRound_NeedsLock(_strangersRound, isKnown) : null);
            if (found is not null)
                return found;
        }

        return null;
    }

    private HandshakeWaiter? TakeFromRound_NeedsLock(LinkedList<HandshakeSource> round, bool isKnown)
    {
        for (var node = round.First; node is not null; node = node.Next)
        {
            var source = node.Value;
            if (!isKnown && (source.Turns >= TurnsPerStranger || source.Rate.Level(_options.Value.MaxPerSecondPerSource, _time) < 1))
                continue;
            round.Remove(node);
            var waiter = TakeFirst(source.Waiting)!;
            if (source.Waiting.Count > 0)
                round.AddLast(node);
            _rate.Take(_time);
            if (!isKnown)
                source.Rate.Take(_time);
            return waiter;
        }

        return null;
    }

    private static HandshakeWaiter? TakeFirst(LinkedList<HandshakeWaiter> queue)
    {
        if (queue.First is not { } first)
            return null;
        queue.RemoveFirst();
        return first.Value;
    }
}
