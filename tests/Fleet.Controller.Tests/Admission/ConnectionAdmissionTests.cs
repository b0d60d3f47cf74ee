using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Fleet.Controller.Admission;
using Fleet.Controller.Tests.Hosting;
using Fleet.Storage;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Admission;

/// <summary>Connections to a real port. Strangers come from addresses of their own in 127.0.0.0/8.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class ConnectionAdmissionTests : IAsyncLifetime
{
    private readonly TestController _controller = new();
    private readonly List<TcpClient> _strangers = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var stranger in _strangers)
            stranger.Dispose();
        await _controller.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_says_nothing_costs_no_turn_and_is_closed_after_two_seconds()
    {
        _controller.Set(o => o with { Handshakes = o.Handshakes with { MaxConcurrent = 1 } });
        await _controller.InitializeAsync();
        var silent = new List<TcpClient>();
        for (var i = 0; i < 50; i++)
            silent.Add(await ComeAsync(2));
        await UntilAsync(() => _controller.Get<ConnectionTable>().Newcomers.Count == 50);

        await CallAsync();

        _controller.Get<HandshakeGate>().InProgress.ShouldBe(0);
        _controller.Time.Advance(TimeSpan.FromSeconds(2));
        foreach (var stranger in silent)
            await IsClosedAsync(stranger);
    }

    [Fact]
    public async Task Whoever_falls_silent_after_its_hello_holds_no_turn_either()
    {
        _controller.Set(o => o with { Handshakes = o.Handshakes with { MaxConcurrent = 1 } });
        await _controller.InitializeAsync();
        var hello = await HelloAsync();
        for (var i = 0; i < 20; i++)
        {
            var stalled = await ComeAsync(2 + i);
            await stalled.GetStream().WriteAsync(hello);
            // The server's whole flight is out: its turn is over.
            (await stalled.GetStream().ReadAsync(new byte[16]).AsTask().WaitAsync(TimeLimit.Default)).ShouldBePositive();
        }

        await CallAsync();
        await UntilAsync(() => _controller.Get<HandshakeGate>().InProgress == 0);
        _controller.Get<ConnectionTable>().Newcomers.Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_hello_that_comes_in_pieces_is_waited_for_and_what_is_no_TLS_is_closed()
    {
        await _controller.InitializeAsync();
        var hello = await HelloAsync();
        var slow = await ComeAsync(2);
        foreach (var piece in hello.Chunk(100))
            await slow.GetStream().WriteAsync(piece);
        (await slow.GetStream().ReadAsync(new byte[16]).AsTask().WaitAsync(TimeLimit.Default)).ShouldBePositive();

        var plain = await ComeAsync(3);
        await plain.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await IsClosedAsync(plain);
    }

    [Fact]
    public async Task Strangers_with_whole_handshakes_have_a_tenth_of_the_connections_and_make_room_for_one_another()
    {
        _controller.Set(o => o with { MaxConnections = 60 });
        await _controller.InitializeAsync();
        var (_, identity) = await _controller.EnrollOperatorAsync("ann", OperatorRole.Viewer);
        var idle = new List<(TcpClient Client, SslStream Tls)>();
        for (var i = 0; i < 30; i++)
            idle.Add(await ShakeHandsAsync(2));
        await UntilAsync(() => _controller.Get<ConnectionTable>().Anonymous.Count == 6);

        // An operator has the other places, and one who has yet to enroll comes in for it.
        await new V1.Operators.OperatorsClient(_controller.Connect(identity)).WhoAmIAsync(new V1.WhoAmIRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);
        await CallAsync();

        // Whoever makes no call is closed.
        _controller.Time.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(() => _controller.Get<ConnectionTable>().Anonymous.Count == 0);
        foreach (var (client, _) in idle)
            await IsClosedAsync(client);
        _controller.Get<ConnectionTable>().Authenticated.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_beyond_the_table_waits_in_the_backlog_until_another_ends()
    {
        _controller.Set(o => o with { MaxConnections = 16 });
        await _controller.InitializeAsync();
        var table = _controller.Get<ConnectionTable>();
        var seats = Enumerable.Range(0, 11).Select(_ => table.EnterAuthenticated()).ToList();
        table.IsFull.ShouldBeTrue();

        // The listener may have been at its accept before the table was full: it takes the first one then, and never the second.
        await ComeAsync(2);
        var call = CallAsync();
        await Task.WhenAny(call, Task.Delay(200));
        call.IsCompleted.ShouldBeFalse();
        table.Open.ShouldBeLessThanOrEqualTo(1);

        seats.ForEach(seat => seat.Dispose());
        await call;
    }

    [Fact]
    public async Task The_source_of_an_operator_is_known()
    {
        await _controller.InitializeAsync();
        await CallAsync();
        _controller.Get<KnownSources>().IsKnown(PeerSource.Of(IPAddress.Loopback)).ShouldBeFalse();
        var (_, identity) = await _controller.EnrollOperatorAsync("ann", OperatorRole.Viewer);
        await new V1.Operators.OperatorsClient(_controller.Connect(identity)).WhoAmIAsync(new V1.WhoAmIRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);
        _controller.Get<KnownSources>().IsKnown(PeerSource.Of(IPAddress.Loopback)).ShouldBeTrue();
    }

    private async Task CallAsync() =>
        await new V1.Enrollment.EnrollmentClient(_controller.Connect()).GetTrustAsync(new V1.GetTrustRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);

    private async Task<TcpClient> ComeAsync(int from)
    {
        var client = new TcpClient(new IPEndPoint(new IPAddress([127, 0, 1, (byte)from]), 0));
        _strangers.Add(client);
        await client.ConnectAsync(_controller.Address.Host, _controller.Address.Port).WaitAsync(TimeLimit.Default);
        return client;
    }

    [SuppressMessage("Security", "CA5359", Justification = "A stranger trusts anybody.")]
    private async Task<(TcpClient Client, SslStream Tls)> ShakeHandsAsync(int from)
    {
        var client = await ComeAsync(from);
        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: true, (_, _, _, _) => true);
        var options = new SslClientAuthenticationOptions { TargetHost = "x", ApplicationProtocols = [SslApplicationProtocol.Http2] };
        await tls.AuthenticateAsClientAsync(options, CancellationToken.None).WaitAsync(TimeLimit.Default);
        await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
        return (client, tls);
    }

    // What a client says first.
    private static async Task<byte[]> HelloAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(client.GetStream());
        var shaking = tls.AuthenticateAsClientAsync("x");
        var record = new byte[5];
        await server.GetStream().ReadExactlyAsync(record).AsTask().WaitAsync(TimeLimit.Default);
        var rest = new byte[(record[3] << 8) | record[4]];
        await server.GetStream().ReadExactlyAsync(rest).AsTask().WaitAsync(TimeLimit.Default);
        server.Close();
        await Should.ThrowAsync<Exception>(shaking.WaitAsync(TimeLimit.Default));
        return [.. record, .. rest];
    }

    private static async Task IsClosedAsync(TcpClient client)
    {
        try
        {
            while (await client.GetStream().ReadAsync(new byte[4096]).AsTask().WaitAsync(TimeLimit.Default) > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeLimit.Default);
        while (!condition())
            await Task.Delay(10, limit.Token);
    }
}
