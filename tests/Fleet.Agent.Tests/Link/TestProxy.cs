using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Tests.Link;

/// <summary>What a <see cref="TestProxy"/> does with whoever connects.</summary>
public enum ProxyConduct
{
    /// <summary>Leads on, wherever it is asked to: to the one port that it knows.</summary>
    Lead,

    /// <summary>Answers that this is forbidden.</summary>
    Forbid,

    /// <summary>Answers that it does not get there.</summary>
    Fail,

    /// <summary>Reads, and says nothing.</summary>
    Hang,

    /// <summary>Closes the connection.</summary>
    Close,

    /// <summary>Speaks something else.</summary>
    Babble,
}

/// <summary>A proxy for CONNECT or SOCKS5 on a loopback port. It never resolves what it is asked for: names that exist nowhere do.</summary>
internal sealed class TestProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _work = [];
    private readonly ProxyAddress _address;
    private readonly ProxyConduct _conduct;
    private readonly int _target;

    /// <param name="kind">What it speaks.</param>
    /// <param name="target">The port of this machine to which it leads.</param>
    /// <param name="conduct">What it does.</param>
    /// <param name="user">The user that it asks for; empty for none.</param>
    /// <param name="password">Its password.</param>
    /// <param name="port">Its port; 0 for one that is free.</param>
    public TestProxy(ProxyKind kind, int target, ProxyConduct conduct = ProxyConduct.Lead, string user = "", string password = "", int port = 0)
    {
        (_target, _conduct) = (target, conduct);
        _listener = new TcpListener(IPAddress.Loopback, port);
        // To be started again on its port at once.
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        _address = new ProxyAddress(kind, "127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, user, password);
        _work.Add(AcceptAsync());
    }

    /// <summary>Its address, with user and password.</summary>
    public ProxyAddress Address => _address;

    /// <summary>host:port of all that it led to, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Task.WhenAll(_work).WaitAsync(ScriptedController.Patience);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                _work.Add(ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var client = new NetworkStream(socket, ownsSocket: true);
            switch (_conduct)
            {
                case ProxyConduct.Hang:
                    await client.CopyToAsync(Stream.Null, _stop.Token);
                    return;
                case ProxyConduct.Close:
                    return;
                case ProxyConduct.Babble:
                    await client.WriteAsync("220 mail.example ESMTP\r\n"u8.ToArray(), _stop.Token);
                    await client.CopyToAsync(Stream.Null, _stop.Token);
                    return;
            }

            if (await (_address.Kind == ProxyKind.Http ? ConnectAsync(client) : SocksAsync(client)) is not { } asked)
                return;
            Asked.Enqueue(asked);
            using var upstream = new TcpClient();
            await upstream.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await using var server = upstream.GetStream();
            await Task.WhenAny(client.CopyToAsync(server, _stop.Token), server.CopyToAsync(client, _stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Stopped, or one of the two is gone.
        }
    }

    private async Task<string?> ConnectAsync(NetworkStream client)
    {
        while (true)
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                await client.ReadExactlyAsync(one, _stop.Token);
                head.Append((char)one[0]);
            }

            var lines = head.ToString().Split("\r\n");
            var expected = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_address.User}:{_address.Password}"))}";
            var isIn = _address.User.Length == 0 || lines.Contains($"Proxy-Authorization: {expected}");
            var answer = !isIn ? "407 Who are you\r\nProxy-Authenticate: Basic realm=\"test\""
                : _conduct == ProxyConduct.Forbid ? "403 No"
                : _conduct == ProxyConduct.Fail ? "502 Not there"
                : "200 Go on";
            await client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\n{(answer[0] == '2' ? "" : "Content-Length: 0\r\n")}\r\n"), _stop.Token);
            if (answer[0] == '2')
                return lines[0].Split(' ')[1];
        }
    }

    // RFC 1928 and RFC 1929.
    private async Task<string?> SocksAsync(NetworkStream client)
    {
        async Task<byte[]> ReadAsync(int count)
        {
            var bytes = new byte[count];
            await client.ReadExactlyAsync(bytes, _stop.Token);
            return bytes;
        }

        var methods = await ReadAsync((await ReadAsync(2))[1]);
        var method = _address.User.Length == 0 ? (byte)0 : (byte)2;
        await client.WriteAsync(new byte[] { 5, methods.Contains(method) ? method : (byte)0xff }, _stop.Token);
        if (!methods.Contains(method))
            return null;
        if (method == 2)
        {
            var user = Encoding.UTF8.GetString(await ReadAsync((await ReadAsync(2))[1]));
            var password = Encoding.UTF8.GetString(await ReadAsync((await ReadAsync(1))[0]));
            var isIn = (user, password) == (_address.User, _address.Password);
            await client.WriteAsync(new byte[] { 1, isIn ? (byte)0 : (byte)1 }, _stop.Token);
            if (!isIn)
                return null;
        }

        var type = (await ReadAsync(4))[3];
        var host = type switch
        {
            1 => new IPAddress(await ReadAsync(4)).ToString(),
            3 => Encoding.ASCII.GetString(await ReadAsync((await ReadAsync(1))[0])),
            _ => new IPAddress(await ReadAsync(16)).ToString(),
        };
        var port = await ReadAsync(2);
        byte reply = _conduct switch { ProxyConduct.Forbid => 2, ProxyConduct.Fail => 5, _ => 0 };
        await client.WriteAsync(new byte[] { 5, reply, 0, 1, 0, 0, 0, 0, 0, 0 }, _stop.Token);
        return reply == 0 ? $"{host}:{(port[0] << 8) | port[1]}" : null;
    }
}
