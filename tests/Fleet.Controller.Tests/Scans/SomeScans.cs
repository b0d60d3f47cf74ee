using System.Buffers.Binary;
using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Scans;

/// <summary>Scans, reports, and calls of operators about them.</summary>
internal static class SomeScans
{
    public static ScanDefinition Scan(string name, string target = "all", Action<ScanDefinition>? change = null)
    {
        var scan = new ScanDefinition
        {
            Name = name,
            Target = target,
            Order = new ScanOrder
            {
                Sources = { new LogSource { Files = new FileLogSource { Path = "/var/log/app.log", Rotated = true } } },
                Patterns = { new ScanPattern { Pattern = new LogPattern { Name = "oom", Text = "Out of memory|OOMKilled" }, Severity = Severity.Error } },
            },
            Alert = new AlertRule(),
        };
        change?.Invoke(scan);
        return scan;
    }

    public static NotificationChannel Webhook(string name, string url) => new() { Name = name, Webhook = new Webhook { Url = url } };

    public static Hit Hit(string scan, int id, string text = "Out of memory: killed process 7", DateTimeOffset? at = null) => new()
    {
        Id = Id(id),
        Scan = scan,
        ScanRevision = 1,
        Pattern = "oom",
        Severity = Severity.Error,
        Source = "/var/log/app.log",
        TimeUs = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds() * 1000,
        Text = ByteString.CopyFromUtf8(text),
        Template = "Out of memory: killed process <*>",
        Offset = (ulong)id * 100,
        Unit = "app.service",
    };

    public static ByteString Id(int id)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt32BigEndian(bytes, id);
        return ByteString.CopyFrom(bytes);
    }

    /// <summary>Sends a report and waits for its acknowledgement.</summary>
    public static async Task ReportAsync(this ScriptedAgent agent, ulong number, IEnumerable<Hit> hits, Action<ScanReport>? change = null)
    {
        var report = new ScanReport { Number = number, SpoolId = "spool-1", Hits = { hits } };
        change?.Invoke(report);
        await agent.SayAsync(new AgentMessage { ScanReport = report });
        while (true)
        {
            if ((await agent.NextAsync()).ScanReportAck is not { } ack)
                continue;
            (ack.SpoolId, ack.Number).ShouldBe(("spool-1", number));
            return;
        }
    }

    /// <summary>The next set of scans that the agent gets.</summary>
    public static async Task<ScanSet> ScanSetAsync(this ScriptedAgent agent) =>
        (await agent.ExpectAsync(ControllerMessage.MessageOneofCase.ScanSet)).ScanSet;

    public static Task<ApplyScansReply> ApplyAsync(TestController controller, params ScanDefinition[] scans) =>
        ApplyAsync(controller, new ApplyScansRequest { Scans = { scans } });

    public static Task<ApplyScansReply> ApplyAsync(TestController controller, ApplyScansRequest request) =>
        CallAsync(controller, (channel, headers) => new V1.Scans.ScansClient(channel).ApplyScansAsync(request, headers).ResponseAsync);

    public static async Task<T> CallAsync<T>(TestController controller, Func<GrpcChannel, Metadata, Task<T>> call)
    {
        var (channel, headers) = controller.AsOperator();
        using var _ = channel;
        return await call(channel, headers).WaitAsync(TestController.Patience);
    }

    /// <summary>All that a search for hits says.</summary>
    public static async Task<SearchHitsReply> SearchAsync(TestController controller, SearchHitsRequest request)
    {
        var (channel, headers) = controller.AsOperator();
        using var _ = channel;
        using var call = new V1.Hits.HitsClient(channel).SearchHits(request, headers);
        var all = new SearchHitsReply();
        while (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience))
            all.MergeFrom(call.ResponseStream.Current);
        return all;
    }

    public static async Task<IReadOnlyList<Alert>> AlertsAsync(TestController controller, bool all = false) =>
        (await CallAsync(controller, (channel, headers) =>
            new V1.Alerts.AlertsClient(channel).ListAlertsAsync(new ListAlertsRequest { All = all }, headers).ResponseAsync)).Alerts;

    /// <summary>Looks at the alerts until they are as they should be.</summary>
    public static async Task<IReadOnlyList<Alert>> AlertsAsync(TestController controller, Func<IReadOnlyList<Alert>, bool> holds, bool all = false)
    {
        using var limit = new CancellationTokenSource(TestController.Patience);
        while (true)
        {
            var alerts = await AlertsAsync(controller, all);
            if (holds(alerts))
                return alerts;
            limit.IsCancellationRequested.ShouldBeFalse($"alerts stayed {string.Join('\n', alerts)}");
            await Task.Delay(5, CancellationToken.None);
        }
    }
}
