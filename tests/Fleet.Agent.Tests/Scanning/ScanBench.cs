using Fleet.Agent.Scanning;
using Fleet.Agent.Scanning.Orders;
using Fleet.Agent.Scanning.Spool;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>Scans without a thread of their own, and a store that drops repeats as the controller's does. The engine can be dropped at any moment.</summary>
internal sealed class ScanBench : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ScanOptions _settings;
    private ScanSet _set = new();
    private ScanEngine? _engine;
    private ScanSpool? _spool;

    public ScanBench(ScanOptions? settings = null)
    {
        _settings = settings ?? new ScanOptions { MinPause = TimeSpan.Zero };
        Directory.CreateDirectory(Logs);
        Directory.CreateDirectory(State);
    }

    public string Logs => Path.Combine(_directory.Path, "logs");

    public string State => Path.Combine(_directory.Path, "state");

    public AheadTime Time { get; } = new();

    /// <summary>What the store has, by identity.</summary>
    public Dictionary<string, Hit> Hits { get; } = [];

    public Dictionary<string, HitSummary> Summaries { get; } = [];

    public Dictionary<string, ScanGap> Gaps { get; } = [];

    public long Repeats { get; private set; }

    public ScanSpool Spool => _spool ??= new ScanSpool(State, _settings.MaxSpoolBytes, NullLogger<ScanSpool>.Instance);

    public ScanEngine Engine => _engine ??= Start();

    public IEnumerable<string> Texts => Hits.Values.Select(hit => hit.Text.ToStringUtf8());

    public ulong Counted => (ulong)Hits.Count + Summaries.Values.Aggregate(0UL, (sum, summary) => sum + summary.Count);

    /// <summary>An order that finds lines with "hit".</summary>
    public static ScanOrder Order(string path, string name = "scan", string pattern = "hit", long everyMs = 0, uint firstLines = 0, uint perMinute = uint.MaxValue, ulong revision = 1) => new()
    {
        Name = name,
        Revision = revision,
        Sources = { new LogSource { Files = new FileLogSource { Path = path } } },
        Patterns = { new ScanPattern { Pattern = new LogPattern { Name = "p", Text = pattern }, Severity = Severity.Error } },
        EveryMs = everyMs,
        FirstRunLines = firstLines,
        HitsPerMinute = perMinute,
    };

    public void Apply(params ScanOrder[] orders)
    {
        _set = new ScanSet { Digest = "d", Scans = { orders } };
        _ = Spool;
        if (_engine is null)
            _ = Engine;
        else
            _engine.Apply(Plan());
    }

    /// <summary>Passes until there is nothing to do.</summary>
    public void Run()
    {
        for (var pass = 0; pass < 10_000; pass++)
        {
            Engine.Pass(CancellationToken.None);
            if (Engine.Rest().Wait is var rest && (rest > TimeSpan.FromMilliseconds(60) || rest < TimeSpan.Zero))
                return;
            Time.Advance(rest);
        }

        throw new InvalidOperationException("the engine does not come to rest");
    }

    public void Pass() => Engine.Pass(CancellationToken.None);

    /// <summary>As kill -9: nothing is kept that was not kept already.</summary>
    public void Kill()
    {
        _engine?.Dispose();
        _spool?.Dispose();
        (_engine, _spool) = (null, null);
    }

    /// <summary>As an orderly end, by which an agent is upgraded.</summary>
    public void Stop()
    {
        Engine.Leave();
        Spool.Flush();
        Kill();
    }

    /// <summary>Stores what is there, as the controller would.</summary>
    public void Deliver(bool acknowledge = true)
    {
        Spool.Flush();
        for (var number = Spool.FirstUnacknowledged; Spool.IsThere(number); number++)
        {
            Spool.NoteSent(number);
            Store(Spool.Read(number).ShouldNotBeNull());
            if (acknowledge)
                Spool.Acknowledge(Spool.Id, number);
        }
    }

    public void Dispose()
    {
        Kill();
        _directory.Dispose();
    }

    private void Store(ScanReport report)
    {
        foreach (var hit in report.Hits)
        {
            if (!Hits.TryAdd(hit.Id.ToBase64(), hit))
            {
                Repeats++;
                Hits[hit.Id.ToBase64()].Text.ShouldBe(hit.Text, "one identity, two lines");
            }
        }

        foreach (var summary in report.Summaries)
            Summaries.TryAdd(summary.Id.ToBase64(), summary);
        foreach (var gap in report.Gaps)
            Gaps.TryAdd(gap.Id.ToBase64(), gap);
    }

    private ScanEngine Start()
    {
        var engine = new ScanEngine(Spool, _settings, "host1", "boot", Time, new Random(1), NullLogger<ScanEngine>.Instance);
        engine.Apply(Plan());
        return engine;
    }

    private ScanPlan Plan() => new ScanSetReader(_settings.MaxHitsPerMinute).Read(_set, out _).ShouldNotBeNull();
}

/// <summary>The real clock; what is measured by it can be put forward. Its dates stay those of the files.</summary>
internal sealed class AheadTime : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan by) => _ahead += by;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(_ahead.TotalSeconds * TimestampFrequency);
}
