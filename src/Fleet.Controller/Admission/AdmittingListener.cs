using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fleet.Controller.Admission;

/// <summary>A listening socket that accepts only while there is room: the others wait in the kernel's backlog, and are not closed.</summary>
/// <remarks>Kestrel's own listener knows no pause, and goes round and round where accept(2) finds no free file descriptor.</remarks>
internal sealed partial class AdmittingListener : IConnectionListener
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_sayAgain = TimeSpan.FromMinutes(1);
    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _connections;
    private readonly ConnectionTable? _table;
    private readonly TimeProvider _time;
    private readonly ILogger<AdmittingListener> _log;
    private readonly CancellationTokenSource _unbound = new();
    private long? _saidFullAt;
    private long? _saidNoFilesAt;

    /// <param name="socket">Listens already.</param>
    /// <param name="connections">Makes connections of sockets.</param>
    /// <param name="table">Whose room counts; null where none does, as for local commands.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Hears of a full table.</param>
    public AdmittingListener(
        Socket socket, SocketConnectionContextFactory connections, ConnectionTable? table, TimeProvider time, ILogger<AdmittingListener> log)
    {
        _socket = socket;
        _connections = connections;
        _table = table;
        _time = time;
        _log = log;
        EndPoint = socket.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (!_unbound.IsCancellationRequested)
        {
            try
            {
                await WaitForRoomAsync();
                var socket = await _socket.AcceptAsync(cancellationToken);
                if (socket.LocalEndPoint is IPEndPoint)
                    socket.NoDelay = true;
                _table?.Opened();
                return _connections.Create(socket);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                await PauseAsync();
            }
            catch (SocketException)
            {
                // Reset while it waited in the backlog.
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync();
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(CancellationToken.None);
        _connections.Dispose();
        _unbound.Dispose();
    }

    private async ValueTask WaitForRoomAsync()
    {
        if (_table is null)
            return;
        if (_table.IsFull && IsDue(ref _saidFullAt))
            LogFull(_table.Open, _table.Max, _table.Authenticated);
        await _table.WaitForRoomAsync(_unbound.Token);
    }

    private async Task PauseAsync()
    {
        if (IsDue(ref _saidNoFilesAt))
            LogNoFiles();
        await Task.Delay(s_pause, _time, _unbound.Token).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private bool IsDue(ref long? saidAt)
    {
        if (saidAt is { } at && _time.GetElapsedTime(at) < s_sayAgain)
            return false;
        saidAt = _time.GetTimestamp();
        return true;
    }

    [LoggerMessage(3304, LogLevel.Warning,
        "{Open} of {Max} connections are open, {Authenticated} of them by agents and operators: others wait until one ends (maxConnections, and the limit on open files)")]
    private partial void LogFull(int open, int max, int authenticated);

    [LoggerMessage(3305, LogLevel.Error, "No file descriptor is free for a connection; retrying. Raise the limit on open files (LimitNOFILE)")]
    private partial void LogNoFiles();
}
