using Fleet.Hosting.Settings;

namespace Fleet.Controller.Admission;

/// <summary>
/// Who holds how many of the connections that there may be at once. Strangers, before and after their handshake, have bounds of their
/// own and make room for one another; so only agents and operators can fill the table. While it is full nothing is accepted, and
/// newcomers wait in the kernel's backlog.
/// </summary>
internal sealed class ConnectionTable
{
    private readonly Lock _lock = new();
    private readonly Reloadable<HandshakeOptions> _handshakes;
    private readonly Reloadable<AnonymousOptions> _anonymous;
    private int _max;
    private int _open;
    private int _authenticated;
    private TaskCompletionSource? _room;

    /// <param name="max">Connections at once.</param>
    /// <param name="handshakes">Bounds of handshakes.</param>
    /// <param name="anonymous">Bounds of strangers.</param>
    /// <param name="known">Known sources.</param>
    public ConnectionTable(int max, Reloadable<HandshakeOptions> handshakes, Reloadable<AnonymousOptions> anonymous, KnownSources known)
    {
        _max = max;
        _handshakes = handshakes;
        _anonymous = anonymous;
        Newcomers = new ConnectionPool(() => MaxNewcomers, known);
        Anonymous = new ConnectionPool(() => MaxAnonymous, known);
    }

    /// <summary>Connections at once. Set lower where the process may not have so many files open.</summary>
    public int Max
    {
        get => Volatile.Read(ref _max);
        set
        {
            Volatile.Write(ref _max, value);
            Wake();
        }
    }

    /// <summary>Connections whose handshake is not done.</summary>
    public ConnectionPool Newcomers { get; }

    /// <summary>Connections without an identity.</summary>
    public ConnectionPool Anonymous { get; }

    /// <summary>Connections that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections of agents and operators.</summary>
    public int Authenticated => Volatile.Read(ref _authenticated);

    /// <summary>Whether nothing is accepted now.</summary>
    public bool IsFull => Open >= Max || Authenticated >= MaxAuthenticated;

    // Never more than a quarter: of few places most are for those who belong here.
    private int MaxNewcomers => Math.Max(1, Math.Min(_handshakes.Value.MaxPending + _handshakes.Value.MaxConcurrent, Max / 4));

    private int MaxAnonymous => Math.Max(1, (int)((long)Max * _anonymous.Value.MaxConnectionsPercent / 100));

    private int MaxAuthenticated => Math.Max(1, Max - MaxNewcomers - MaxAnonymous);

    /// <summary>Waits until a connection may be accepted.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (!IsFull)
                    return;
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A connection was accepted.</summary>
    public void Opened() => Interlocked.Increment(ref _open);

    /// <summary>A connection was closed.</summary>
    public void Closed()
    {
        Interlocked.Decrement(ref _open);
        Wake();
    }

    /// <summary>A connection has shown an agent's or operator's identity; dispose of the result when it ends.</summary>
    public IDisposable EnterAuthenticated()
    {
        Interlocked.Increment(ref _authenticated);
        return new Seat(this);
    }

    private void LeaveAuthenticated()
    {
        Interlocked.Decrement(ref _authenticated);
        Wake();
    }

    private void Wake()
    {
        lock (_lock)
        {
            if (IsFull)
                return;
            _room?.TrySetResult();
            _room = null;
        }
    }

    private sealed class Seat(ConnectionTable table) : IDisposable
    {
        private ConnectionTable? _table = table;

        public void Dispose() => Interlocked.Exchange(ref _table, null)?.LeaveAuthenticated();
    }
}
