using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Net.Client;

namespace Fleet.Simulator;

/// <summary>Measures how hits are stored: first at a rate, then as fast as they are taken; and counts what the controller has of them.</summary>
/// <remarks>Every fiftieth report goes out twice, as after a cut: what is stored must be what was found, not what was sent.</remarks>
internal sealed class HitRounds(SimulatorOptions options, Report report, TimeProvider time)
{
    private const string Scan = "simulated";
    private const int HitsPerReport = 10;
    private const ulong Repeated = 50;
    private const int Probes = 20;
    private static readonly TimeSpan s_betweenProbes = TimeSpan.FromMilliseconds(300);
    private ulong _reports;

    /// <summary>Runs both rounds and reports each.</summary>
    public async Task RunAsync(Enrolling enrolling, X509Certificate2 identity, IReadOnlyList<SimulatedAgent> agents, CancellationToken cancellationToken)
    {
        using var handler = LinkHandler.Pinned(enrolling.Trust, identity);
        using var channel = GrpcChannel.ForAddress(options.Controller.ToUri(), new GrpcChannelOptions { HttpHandler = handler });
        await new Scans.ScansClient(channel).ApplyScansAsync(new ApplyScansRequest { Scans = { Definition() } }, cancellationToken: cancellationToken);

        await using var probe = new AlertProbe(options.ProbePort, time);
        await new Scans.ScansClient(channel).ApplyScansAsync(probe.Request(options.Prefix + "*"), cancellationToken: cancellationToken);
        Tell("idle", await probe.MeasureAsync(agents[0], Probes, s_betweenProbes, cancellationToken));

        // So many reports of each agent as make the rate.
        var rounds = Math.Max(1, options.HitSeconds * options.HitRate / HitsPerReport / agents.Count);
        var pacing = RoundAsync("paced", agents, rounds, TimeSpan.FromSeconds((double)options.HitSeconds / rounds), cancellationToken);
        Tell("busy", await probe.MeasureAsync(agents[1], Probes, s_betweenProbes, cancellationToken));
        await pacing;
        await RoundAsync("flat-out", agents, rounds, TimeSpan.Zero, cancellationToken);

        var sent = (ulong)rounds * 2 * HitsPerReport * (ulong)agents.Count;
        var details = await new Scans.ScansClient(channel).GetScanAsync(new GetScanRequest { Name = Scan }, cancellationToken: cancellationToken);
        report.Write(
            "hits-counted", ("sent", sent), ("total", details.Overview.Hits), ("found", await FoundAsync(channel, cancellationToken)),
            ("in_alerts", await InAlertsAsync(channel, sent, cancellationToken)));
    }

    private void Tell(string when, double[] took)
    {
        var sorted = took.Order().ToArray();
        report.Write("alerts", ("when", when), ("median_ms", Math.Round(sorted[sorted.Length / 2], 1)), ("worst_ms", Math.Round(sorted[^1], 1)));
    }

    private async Task RoundAsync(string what, IReadOnlyList<SimulatedAgent> agents, int rounds, TimeSpan period, CancellationToken cancellationToken)
    {
        var waits = new ConcurrentBag<double>();
        var start = time.GetTimestamp();
        await Task.WhenAll(agents.Select((agent, place) => OneAsync(agent, place)));
        var took = time.GetElapsedTime(start);
        _reports += (ulong)rounds;
        var sorted = waits.Order().ToArray();
        report.Write(
            "hits", ("round", what), ("hits", rounds * HitsPerReport * agents.Count), ("took_s", Math.Round(took.TotalSeconds, 3)),
            ("ack_median_ms", Math.Round(sorted[sorted.Length / 2], 2)), ("ack_p99_ms", Math.Round(sorted[sorted.Length * 99 / 100], 2)),
            ("ack_worst_ms", Math.Round(sorted[^1], 2)));

        async Task OneAsync(SimulatedAgent agent, int place)
        {
            // Agents are not in step.
            await Task.Delay(period * place / agents.Count, time, cancellationToken);
            for (var round = 1; round <= rounds; round++)
            {
                var message = Report(_reports + (ulong)round, place);
                var begin = time.GetTimestamp();
                await agent.ReportAsync(message, cancellationToken);
                waits.Add(time.GetElapsedTime(begin).TotalMilliseconds);
                if (message.Number % Repeated == (ulong)place % Repeated)
                    await agent.ReportAsync(message, cancellationToken);
                var ahead = (period * round) + (period * place / agents.Count) - time.GetElapsedTime(start);
                if (period > TimeSpan.Zero && ahead > TimeSpan.Zero && round < rounds)
                    await Task.Delay(ahead, time, cancellationToken);
            }
        }
    }

    private ScanReport Report(ulong number, int agent)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        var message = new ScanReport { Number = number, SpoolId = "simulated" };
        for (var i = 0; i < HitsPerReport; i++)
        {
            var id = new byte[16];
            BinaryPrimitives.WriteUInt64BigEndian(id, number);
            id[15] = (byte)i;
            message.Hits.Add(new Hit
            {
                Id = ByteString.CopyFrom(id), Scan = Scan, ScanRevision = 1, Pattern = "error", Severity = Severity.Error, Source = "/var/log/app.log",
                TimeUs = now, SeenUs = now, Offset = number * 1000,
                Text = ByteString.CopyFromUtf8($"2026-11-21T12:00:00.000Z ERROR [worker-{agent}] request {number}.{i} failed after 1523 ms: connection to 10.1.2.3:5432 was refused"),
                Template = "<*> ERROR [worker-<*>] request <*> failed after <*> ms: connection to <*> was refused", Unit = "app.service",
            });
        }

        return message;
    }

    private static async Task<ulong> FoundAsync(GrpcChannel channel, CancellationToken cancellationToken)
    {
        using var call = new Hits.HitsClient(channel).SearchHits(new SearchHitsRequest { Scans = { Scan }, Clusters = true }, cancellationToken: cancellationToken);
        var found = 0ul;
        while (await call.ResponseStream.MoveNext(cancellationToken))
            found += call.ResponseStream.Current.Clusters.Aggregate(0ul, (sum, cluster) => sum + cluster.Count);
        return found;
    }

    // Judging comes after the acknowledgement: it is given its time.
    private async Task<ulong> InAlertsAsync(GrpcChannel channel, ulong sent, CancellationToken cancellationToken)
    {
        var (count, start) = (0ul, time.GetTimestamp());
        while (count != sent && time.GetElapsedTime(start) < TimeSpan.FromSeconds(30))
        {
            var alerts = await new Alerts.AlertsClient(channel).ListAlertsAsync(new ListAlertsRequest { Scan = Scan, Limit = 10_000 }, cancellationToken: cancellationToken);
            count = alerts.Alerts.Aggregate(0ul, (sum, alert) => sum + alert.Count);
            await Task.Delay(50, cancellationToken);
        }

        report.Write("hits-judged", ("after_s", Math.Round(time.GetElapsedTime(start).TotalSeconds, 3)));
        return count;
    }

    private ScanDefinition Definition() => new()
    {
        Name = Scan,
        Target = $"{options.Prefix}*",
        Order = new ScanOrder
        {
            Sources = { new LogSource { Files = new FileLogSource { Path = "/var/log/app.log" } } },
            Patterns = { new ScanPattern { Pattern = new LogPattern { Name = "error", Text = "ERROR" }, Severity = Severity.Error } },
        },
        Alert = new AlertRule { Grouping = AlertRule.Types.Grouping.Host },
    };
}
