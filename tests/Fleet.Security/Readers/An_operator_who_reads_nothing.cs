using System.Globalization;
using Fleet.Harness;
using Fleet.Protocol.V1;
using Fleet.Security.Client;

namespace Fleet.Security.Readers;

/// <summary>Somebody with a certificate who asks for large responses and takes none of them: a window of zero, over many connections.</summary>
[Collection(OneFleet.Name)]
public sealed class An_operator_who_reads_nothing(FleetUnderAttack fleet)
{
    // What maxCallsPerOperator is where nobody sets it, and what a connection may have.
    private const int MostCalls = 256;
    private const int CallsOfConnection = 60;
    private const int Connections = 40;
    private const int ResponseBytes = 128 << 10;
    private const ushort InitialWindow = 4;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Holds_as_many_responses_as_an_operator_may_over_all_connections_and_harms_nobody()
    {
        var job = await JobWithALargeScriptAsync();
        var controller = fleet.Fleet.Controller.ProcessId;
        using var limit = new CancellationTokenSource(3 * s_limit);
        using var honest = fleet.ConnectAs("ola");
        (await honest.CallAsync("/fleet.v1.Jobs/GetJob", new GetJobRequest { Id = job })).Status.ShouldBe(0);
        var before = MemoryOf(controller);

        var connections = new List<RawHttp2>();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                connections.Add(await RawHttp2.OpenAsync(fleet.Fleet.Controller.Port, fleet.Identities["ola"], [(InitialWindow, 0)], limit.Token));
                for (var call = 0; call < CallsOfConnection; call++)
                    await connections[^1].CallAsync((2 * call) + 1, "/fleet.v1.Jobs/GetJob", new GetJobRequest { Id = job }, limit.Token);
            }

            // Trailers need no window: all that are refused say so, and the others hang at their response.
            await Patience.UntilAsync(
                "every call has begun to answer", () => All(connections).Count == Connections * CallsOfConnection, s_limit, () => Tell(connections));
            await Patience.UntilAsync("the calls beyond the limit are over", () => All(connections).Count(call => !call.IsOver) == MostCalls, s_limit, () => Tell(connections));
            All(connections).ShouldAllBe(call => call.Bytes == 0);
            All(connections).Where(call => call.IsOver).ShouldAllBe(call => call.Status == Answer.ResourceExhausted);

            // The same operator has to wait, with the reason in words; everybody else is served, and the process is no larger than so many responses.
            var refused = await honest.CallAsync("/fleet.v1.Operators/WhoAmI", new WhoAmIRequest());
            refused.Status.ShouldBe(Answer.ResourceExhausted, refused.ToString());
            refused.Detail.ShouldContain($"{MostCalls} calls of operator ola");
            using var other = fleet.ConnectAs("vic");
            (await other.CallAsync("/fleet.v1.Jobs/GetJob", new GetJobRequest { Id = job })).Status.ShouldBe(0);
            await fleet.ShouldServeAsync(controller, "unread responses");
            var grown = MemoryOf(controller) - before;
            grown.ShouldBeLessThan(MostCalls * 4L * ResponseBytes, "bytes that the controller has grown");

            // Whoever takes the responses after all has them whole, and so many calls more.
            var taker = connections.MaxBy(connection => connection.Calls.Count(call => !call.IsOver))!;
            var held = taker.Calls.Count(call => !call.IsOver);
            await taker.WriteAsync(
                [.. RawHttp2.SettingsOf((InitialWindow, 1 << 20)), .. RawHttp2.Frame(RawHttp2.WindowUpdate, 0, 0, [0x40, 0, 0, 0])], limit.Token);
            await Patience.UntilAsync("the responses are taken", () => taker.Calls.All(call => call.IsOver), s_limit, () => Tell(connections));
            var taken = taker.Calls.Where(call => call.Status == 0).ToList();
            taken.Count.ShouldBe(held);
            taken.ShouldAllBe(call => call.Bytes > ResponseBytes);
            await Patience.UntilAsync("the operator may call again", async () => (await honest.CallAsync("/fleet.v1.Operators/WhoAmI", new WhoAmIRequest())).Status == 0);
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }

        // With the connections their calls are over.
        await Patience.UntilAsync("nothing is held any more", () => IsAdmittedAsync(job, 4 * CallsOfConnection, limit.Token));
    }

    // Whether the operator may have so many calls at once.
    private async Task<bool> IsAdmittedAsync(string job, int calls, CancellationToken cancellationToken)
    {
        var connections = new List<RawHttp2>();
        try
        {
            for (var call = 0; call < calls; call++)
            {
                if (call % CallsOfConnection == 0)
                    connections.Add(await RawHttp2.OpenAsync(fleet.Fleet.Controller.Port, fleet.Identities["ola"], [(InitialWindow, 0)], cancellationToken));
                await connections[^1].CallAsync((2 * (call % CallsOfConnection)) + 1, "/fleet.v1.Jobs/GetJob", new GetJobRequest { Id = job }, cancellationToken);
            }

            await Patience.UntilAsync("every call has begun to answer", () => All(connections).Count == calls, s_limit, () => Tell(connections));
            return All(connections).All(call => !call.IsOver);
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }
    }

    // An operator sees the script of a job; that makes a response large.
    private async Task<string> JobWithALargeScriptAsync()
    {
        var script = Path.Combine(fleet.Fleet.Directory, "large.sh");
        await File.WriteAllTextAsync(script, "#!/bin/sh\nexit 0\n#" + new string('x', ResponseBytes) + "\n");
        return (await fleet.RunAsync("script", script, "web1", "--detach")).Trim();
    }

    private static List<RawCall> All(List<RawHttp2> connections) => [.. connections.SelectMany(connection => connection.Calls)];

    private static string Tell(List<RawHttp2> connections) =>
        string.Join('\n', All(connections).CountBy(call => (call.IsOver, call.Status)).Select(group => $"{group.Value} calls: {group.Key}"));

    private static long MemoryOf(int process) => 1024 * long.Parse(
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);
}
