using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text;
using Fleet.Harness;
using Fleet.Security.Client;
using static Fleet.Security.Client.RawHttp2;

namespace Fleet.Security.Strangers;

/// <summary>Programs without any certificate: each attack is bounded in time, and honest people are served meanwhile and afterwards.</summary>
[Collection(OneFleet.Name)]
public sealed class Hostile_strangers(FleetUnderAttack fleet)
{
    private const int LeastPieces = 20;
    private const int LeastHalfOpen = 80;
    private static readonly byte[] s_call = HeadersOf("/fleet.v1.Enrollment/GetTrust");

    [Theory]
    [InlineData("rapid reset")]
    [InlineData("CONTINUATION without an end")]
    [InlineData("PING")]
    [InlineData("SETTINGS")]
    [InlineData("WINDOW_UPDATE")]
    [InlineData("PRIORITY")]
    [InlineData("empty DATA")]
    [InlineData("frames of 16 MiB")]
    [InlineData("header blocks that refer to nothing")]
    public async Task A_flood_of_frames_stops_nobody(string what)
    {
        var controller = fleet.Fleet.Controller.ProcessId;
        using var stop = new CancellationTokenSource();
        var pieces = new StrongBox<int>();
        var attack = Task.Run(() => FloodAsync(what, pieces, stop.Token));
        try
        {
            await Patience.UntilAsync($"the flood of {what} is under way", () => Volatile.Read(ref pieces.Value) >= LeastPieces || attack.IsCompleted);
            await fleet.ShouldServeAsync(controller, $"{what} (during it)");
        }
        finally
        {
            await stop.CancelAsync();
            await attack;
        }

        pieces.Value.ShouldBeGreaterThanOrEqualTo(LeastPieces);
        await fleet.ShouldServeAsync(controller, what);
    }

    [Theory]
    [InlineData("half a preface")]
    [InlineData("no call")]
    [InlineData("half a header block")]
    [InlineData("a call without its message")]
    [InlineData("half a message")]
    public async Task Connections_that_finish_nothing_stop_nobody(string what)
    {
        const int Held = 200;
        var controller = fleet.Fleet.Controller.ProcessId;
        var held = new List<RawHttp2>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            // In turns of so many that the handshakes of one do not wait for those of all.
            while (held.Count < Held)
                held.AddRange(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => BeginAsync(what, limit.Token)))));

            await fleet.ShouldServeAsync(controller, $"{Held} times {what} (during it)");
        }
        finally
        {
            foreach (var connection in held)
                await connection.DisposeAsync();
        }

        await fleet.ShouldServeAsync(controller, $"{Held} times {what}");
    }

    [Theory]
    [InlineData(30, 1)]
    [InlineData(100, 50)]
    public async Task Half_open_connections_do_not_keep_honest_people_out(int perSecond, int addresses)
    {
        var controller = fleet.Fleet.Controller.ProcessId;
        var quiet = await TimeOfPingAsync("nothing");
        using var stop = new CancellationTokenSource();
        var opened = new StrongBox<int>();
        var attack = Task.Run(() => HoldHalfOpenAsync(perSecond, addresses, opened, stop.Token));
        var worst = TimeSpan.Zero;
        try
        {
            // All places for handshakes would be taken by now, each for as long as a handshake may take.
            await Patience.UntilAsync("there are many half-open connections", () => Volatile.Read(ref opened.Value) >= LeastHalfOpen || attack.IsCompleted);
            for (var ping = 0; ping < 2; ping++)
                worst = TimeSpan.FromTicks(Math.Max(worst.Ticks, (await TimeOfPingAsync("half-open connections")).Ticks));
        }
        finally
        {
            await stop.CancelAsync();
            await attack;
        }

        // Before, a call waited for the 10 s that half-open ones were given: far from it, also on a machine that is busy.
        worst.ShouldBeLessThan(TimeSpan.FromSeconds(4) + (2 * TimeSpan.FromSeconds(Math.Min(quiet.TotalSeconds, 1.5))));

        async Task<TimeSpan> TimeOfPingAsync(string during)
        {
            var started = Stopwatch.GetTimestamp();
            await fleet.ShouldServeAsync(controller, during);
            return Stopwatch.GetElapsedTime(started);
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_TLS_end_their_own_connection_and_say_nothing_of_the_inside()
    {
        string[] kinds = ["HTTP", "a greeting of SSH", "TLS 1.0", "a record without an end", "a ClientHello of 64 KiB", "noise", "one byte"];
        var controller = fleet.Fleet.Controller.ProcessId;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answers = Task.WhenAll(kinds.Select(what => Task.Run(() => AnswerToAsync(BytesOf(what), limit.Token))));

        await fleet.ShouldServeAsync(controller, "bytes that are no TLS (during it)");

        // An alert at most, and the end.
        foreach (var (what, bytes) in kinds.Zip(await answers))
            bytes.ShouldBeLessThan(64, what);
        await fleet.ShouldServeAsync(controller, "bytes that are no TLS");
    }

    private async Task<int> AnswerToAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, fleet.Fleet.Controller.Port, cancellationToken);
        var answer = new byte[4096];
        var count = 0;
        try
        {
            await tcp.GetStream().WriteAsync(bytes, cancellationToken);
            int read;
            while (count < answer.Length && (read = await tcp.GetStream().ReadAsync(answer.AsMemory(count), cancellationToken)) > 0)
                count += read;
        }
        catch (IOException)
        {
            // Reset: an end, too.
        }

        return count;
    }

    private static byte[] BytesOf(string what)
    {
        var noise = new byte[16 << 10];
        new Random(17).NextBytes(noise);
        return what switch
        {
            "HTTP" => "GET /install.sh HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
            "a greeting of SSH" => "SSH-2.0-OpenSSH_9.9\r\n"u8.ToArray(),
            "TLS 1.0" => [0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 1, .. noise.AsSpan(0, 32), 0, 0, 2, 0, 0x2f, 1, 0],
            "a record without an end" => [0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc, 3, 3, .. noise.AsSpan(0, 100)],
            "a ClientHello of 64 KiB" => [0x16, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff, 3, 3, .. noise.AsSpan(0, 16 * 1024 - 6)],
            "noise" => noise,
            "one byte" => [0x16],
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
    }

    private async Task<RawHttp2> BeginAsync(string what, CancellationToken cancellationToken)
    {
        if (what == "half a preface")
        {
            var half = await ConnectAsync(fleet.Fleet.Controller.Port, null, cancellationToken);
            await half.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0"), cancellationToken);
            return half;
        }

        var connection = await OpenAsync(fleet.Fleet.Controller.Port, null, [], cancellationToken);
        byte[] begun = what switch
        {
            "no call" => [],
            "half a header block" => Frame(Headers, 0, 1, s_call.AsSpan(0, s_call.Length / 2)),
            "a call without its message" => Frame(Headers, EndHeaders, 1, s_call),
            "half a message" => [.. Frame(Headers, EndHeaders, 1, s_call), .. Frame(Data, 0, 1, [0, 0, 0, 0x10, 0, 1, 2, 3])],
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
        await connection.WriteAsync(begun, cancellationToken);
        return connection;
    }

    // Counts what was written, also on connections that were cut.
    private async Task FloodAsync(string what, StrongBox<int> pieces, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await OpenAsync(fleet.Fleet.Controller.Port, null, [], cancellationToken);
                for (var stream = 1; !cancellationToken.IsCancellationRequested; stream += 2, pieces.Value++)
                    await connection.WriteAsync(Piece(what, stream), cancellationToken);
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
            {
                // The controller has cut it, as it should; the next one.
            }
        }
    }

    private static byte[] Piece(string what, int stream) => what switch
    {
        "rapid reset" => [.. Frame(Headers, EndHeaders, stream, s_call), .. Frame(ResetStream, 0, stream, [0, 0, 0, 8])],
        "CONTINUATION without an end" => stream == 1 ? Frame(Headers, 0, 1, s_call) : Frame(Continuation, 0, 1, new byte[1024]),
        "PING" => Frame(Ping, 0, 0, new byte[8]),
        "SETTINGS" => Frame(Settings, 0, 0, []),
        "WINDOW_UPDATE" => Frame(WindowUpdate, 0, 0, [0, 0, 0, 1]),
        "PRIORITY" => Frame(Priority, 0, stream, [0, 0, 0, 0, 16]),
        "empty DATA" => stream == 1 ? Frame(Headers, EndHeaders, 1, s_call) : Frame(Data, 0, 1, []),
        "frames of 16 MiB" => Frame(Data, 0, stream, new byte[64], length: 0xff_ff_ff),
        "header blocks that refer to nothing" => Frame(Headers, EndHeaders | EndStream, stream, [0xff, 0xff, 0xff, 0x7f]),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private async Task HoldHalfOpenAsync(int perSecond, int addresses, StrongBox<int> opened, CancellationToken cancellationToken)
    {
        const int MostHeld = 400;
        var held = new Queue<Socket>();
        try
        {
            using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
            while (opened.Value < LeastHalfOpen || await pace.WaitForNextTickAsync(cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                held.Enqueue(socket);
                // All of 127/8 is this machine. The first is the one that honest people come from.
                socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + (opened.Value % addresses))]), 0));
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, fleet.Fleet.Controller.Port, cancellationToken);
                }
                catch (SocketException)
                {
                    // The controller wants no more of them: an attacker goes on.
                }

                opened.Value++;
                if (held.Count > MostHeld)
                    held.Dequeue().Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
        finally
        {
            foreach (var socket in held)
                socket.Dispose();
        }
    }
}
