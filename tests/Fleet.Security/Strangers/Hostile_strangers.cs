using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using static Fleet.Security.Strangers.RawHttp2;

namespace Fleet.Security.Strangers;

/// <summary>Programs without any certificate: each attack is bounded in time, and honest people are served meanwhile and afterwards.</summary>
[Collection(OneFleet.Name)]
public sealed class Hostile_strangers(FleetUnderAttack fleet)
{
    private static readonly TimeSpan s_attack = TimeSpan.FromSeconds(2);
    private static readonly byte[] s_call = GetTrust();

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
    [InlineData("half a preface")]
    public async Task A_flood_of_frames_stops_nobody(string what)
    {
        var controller = fleet.Fleet.Controller.ProcessId;
        using var limit = new CancellationTokenSource(s_attack);
        var attack = Task.Run(() => FloodAsync(what, limit.Token));

        await fleet.ShouldServeAsync(controller, $"{what} (during it)");

        await attack;
        await fleet.ShouldServeAsync(controller, what);
    }

    [Fact]
    public async Task Half_open_connections_do_not_keep_honest_people_out()
    {
        var controller = fleet.Fleet.Controller.ProcessId;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(6));
        var attack = Task.Run(() => HoldHalfOpenAsync(perSecond: 30, limit.Token));
        var worst = TimeSpan.Zero;
        while (!limit.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            await fleet.ShouldServeAsync(controller, "half-open connections");
            worst = TimeSpan.FromTicks(Math.Max(worst.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
        }

        await attack;
        // Before, a call waited for the 10 s that half-open ones were given: far from it, also on a machine that is busy.
        worst.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    private async Task FloodAsync(string what, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await OpenAsync(fleet.Fleet.Controller.Port, cancellationToken);
                for (var stream = 1; !cancellationToken.IsCancellationRequested; stream += 2)
                    await connection.WriteAsync(Frames(what, stream), cancellationToken);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The controller has cut it, as it should; the next one.
            }
        }
    }

    private static byte[] Frames(string what, int stream) => what switch
    {
        "rapid reset" => [.. Frame(Headers, 4, stream, s_call), .. Frame(ResetStream, 0, stream, [0, 0, 0, 8])],
        "CONTINUATION without an end" => stream == 1 ? Frame(Headers, 0, 1, s_call) : Frame(Continuation, 0, 1, new byte[1024]),
        "PING" => Frame(Ping, 0, 0, new byte[8]),
        "SETTINGS" => Frame(Settings, 0, 0, []),
        "WINDOW_UPDATE" => Frame(WindowUpdate, 0, 0, [0, 0, 0, 1]),
        "PRIORITY" => Frame(Priority, 0, stream, [0, 0, 0, 0, 16]),
        "empty DATA" => stream == 1 ? Frame(Headers, 4, 1, s_call) : Frame(Data, 0, 1, []),
        "frames of 16 MiB" => Frame(Data, 0, stream, new byte[64], length: 0xff_ff_ff),
        "header blocks that refer to nothing" => Frame(Headers, 5, stream, [0xff, 0xff, 0xff, 0x7f]),
        "half a preface" => "PRI * HT"u8.ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private async Task HoldHalfOpenAsync(int perSecond, CancellationToken cancellationToken)
    {
        var held = new List<Socket>();
        try
        {
            using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
            while (await pace.WaitForNextTickAsync(cancellationToken))
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                held.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, fleet.Fleet.Controller.Port, cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The time is over, or the controller takes no more of them.
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }
    }
}
