using System.Collections.Concurrent;
using System.Text.Json;
using Fleet.Harness;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Simulator;

/// <summary>Measures how long a hit takes to become an alert at the door of a webhook: from the report of an agent to the request that arrives.</summary>
internal sealed class AlertProbe : IAsyncDisposable
{
    private const string Scan = "probe";
    // Numbers of its reports, beyond those of others.
    private const ulong First = 1_000_000_000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly WebhookListener _listener;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private ulong _reports = First;

    public AlertProbe(int port, TimeProvider time)
    {
        _time = time;
        _listener = new WebhookListener(Take, port);
    }

    /// <summary>What must be applied for it.</summary>
    public ApplyScansRequest Request(string target) => new()
    {
        Channels = { new NotificationChannel { Name = Scan, Webhook = new Webhook { Url = _listener.Url } } },
        Scans =
        {
            new ScanDefinition
            {
                Name = Scan,
                Target = target,
                Order = new ScanOrder
                {
                    Sources = { new LogSource { Files = new FileLogSource { Path = "/var/log/probe.log" } } },
                    Patterns = { new ScanPattern { Pattern = new LogPattern { Name = "probe", Text = "probe" } } },
                },
                // Each line is an alert of its own, told by its template.
                Alert = new AlertRule { Grouping = AlertRule.Types.Grouping.Template, Notify = { Scan } },
            },
        },
    };

    /// <summary>Lets an agent find so many lines, one after the other; milliseconds of each.</summary>
    public async Task<double[]> MeasureAsync(SimulatedAgent agent, int count, TimeSpan pause, CancellationToken cancellationToken)
    {
        var took = new double[count];
        for (var i = 0; i < count; i++)
        {
            var template = $"probe {++_reports}";
            var arrived = _awaited[template] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var hit = new Hit
            {
                Id = ByteString.CopyFromUtf8(template[6..]), Scan = Scan, Pattern = "probe", Severity = Severity.Error, Template = template,
                Text = ByteString.CopyFromUtf8(template), TimeUs = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
            };
            var start = _time.GetTimestamp();
            await agent.ReportAsync(new ScanReport { Number = _reports, SpoolId = "simulated", Hits = { hit } }, cancellationToken);
            await arrived.Task.WaitAsync(s_patience, _time, cancellationToken);
            took[i] = _time.GetElapsedTime(start).TotalMilliseconds;
            await Task.Delay(pause, _time, cancellationToken);
        }

        return took;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private int Take(JsonElement message)
    {
        if (_awaited.TryRemove(message.GetProperty("alerts")[0].GetProperty("template").GetString()!, out var awaited))
            awaited.SetResult();
        return 200;
    }
}
