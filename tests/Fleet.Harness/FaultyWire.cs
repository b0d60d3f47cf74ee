using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fleet.Harness;

/// <summary>Stands between an agent and its controller and passes bytes on, until it is told to cut every connection.</summary>
public sealed class FaultyWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly ConcurrentBag<Task> _passing = [];
    private readonly int _target;
    private readonly Task _accepting;
    private int _cuts;

    private FaultyWire(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>host:port to connect to instead of the target.</summary>
    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Connections that were cut so far.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Connections that stand now.</summary>
    public int Open => _open.Count / 2;

    /// <summary>Begins to pass connections on to a port on 127.0.0.1.</summary>
    public static FaultyWire To(int port) => new(port);

    /// <summary>Cuts every connection, as a router that loses power: no goodbye, bytes under way are lost.</summary>
    public void Cut()
    {
        foreach (var socket in _open.Keys)
        {
            try
            {
                // A reset instead of an orderly end.
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
                Interlocked.Increment(ref _cuts);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It has ended by itself just now.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        await Task.WhenAll(_passing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var near = await _listener.AcceptSocketAsync(_end.Token);
                _passing.Add(PassAsync(near));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _open[near] = _open[far] = 0;
        try
        {
            await far.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), _end.Token);
            await using var nearStream = new NetworkStream(near);
            await using var farStream = new NetworkStream(far);
            var there = nearStream.CopyToAsync(farStream, _end.Token);
            var back = farStream.CopyToAsync(nearStream, _end.Token);
            await await Task.WhenAny(there, back);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut, or ended by one side: the other side learns it below.
        }
        finally
        {
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
            near.Dispose();
        }
    }
}
