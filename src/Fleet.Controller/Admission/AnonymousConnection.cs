using Fleet.Hosting.Settings;
using Microsoft.AspNetCore.Connections;

namespace Fleet.Controller.Admission;

/// <summary>A connection without an identity: it must make calls, or is closed. A feature of the connection.</summary>
internal sealed class AnonymousConnection : IDisposable
{
    // The longest thing that strangers do is to fetch an artifact, which has 5 minutes.
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromMinutes(6);

    private readonly Lock _lock = new();
    private readonly PooledConnection _place;
    private readonly Reloadable<AnonymousOptions> _options;
    private readonly ITimer _timer;
    private int _calls;

    public AnonymousConnection(
        ConnectionContext connection, ConnectionPool pool, PeerSource source, Reloadable<AnonymousOptions> options, AdmissionLog log, TimeProvider time)
    {
        Source = source;
        _options = options;
        _place = pool.Enter(source, from => Close(AdmissionDrop.MadeRoom, from));
        _timer = time.CreateTimer(_ => Close(AdmissionDrop.Idle, source), null, options.Value.IdleTimeout, Timeout.InfiniteTimeSpan);

        void Close(AdmissionDrop why, PeerSource from)
        {
            log.Note(why, from);
            connection.Abort(new ConnectionAbortedException("A connection without a client certificate made no call, or had to make room."));
        }
    }

    /// <summary>Where it comes from.</summary>
    public PeerSource Source { get; }

    /// <summary>A step in the path of each request: tells the connection of it.</summary>
    public static async Task CountCallAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<AnonymousConnection>() is not { } connection)
        {
            await next(http);
            return;
        }

        connection.Calls(+1);
        try
        {
            await next(http);
        }
        finally
        {
            connection.Calls(-1);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _place.Dispose();
    }

    private void Calls(int change)
    {
        lock (_lock)
        {
            var before = _calls;
            _calls += change;
            if (before > 0 && _calls > 0)
                return;
            _place.SetServed(_calls > 0);
            _timer.Change(_calls > 0 ? s_callTimeout : _options.Value.IdleTimeout, Timeout.InfiniteTimeSpan);
        }
    }
}
