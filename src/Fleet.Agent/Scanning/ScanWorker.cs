using System.Collections.Concurrent;
using Fleet.Agent.Scanning.Orders;
using Fleet.Agent.Scanning.Spool;
using Fleet.Agent.Scanning.Watching;
using Fleet.LogSearch.Priority;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Scanning;

/// <summary>The one thread that runs the scans, at low priority: it sleeps until something is due or happens, and no longer works than its share.</summary>
internal sealed partial class ScanWorker : IAsyncDisposable
{
    // Lines that were read and are no hits are told now and then; hits, faults and runs soon: operators look for them.
    private static readonly TimeSpan s_tellSoon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tellAnyway = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_failed = TimeSpan.FromSeconds(10);

    private readonly ScanEngine _engine;
    private readonly ScanSpool _spool;
    private readonly ScanOptions _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly WakeableWait _wait = new();
    private readonly ConcurrentQueue<Action<ScanEngine>> _orders = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<bool> _running;
    private volatile ScanStates? _states;
    private int _toldVersion = -1;
    private long _toldAt;
    private ulong _toldBytes;
    private ulong _toldHits;

    /// <summary>Starts the thread.</summary>
    public ScanWorker(ScanEngine engine, ScanSpool spool, ScanOptions settings, TimeProvider time, ILogger<ScanWorker> log)
    {
        (_engine, _spool, _settings, _time, _log) = (engine, spool, settings, time, log);
        _running = new WorkPriority().RunAsync(Run);
    }

    /// <summary>Told when there are new states, by the worker's thread.</summary>
    public event Action? StatesChanged;

    /// <summary>How the scans fare; null before the first look.</summary>
    public ScanStates? States => _states;

    /// <summary>Has the worker take over a set of scans.</summary>
    public void Apply(ScanPlan plan) => Order(engine => engine.Apply(plan));

    /// <summary>Has the worker run a scan now.</summary>
    public void RunNow(string name) => Order(engine =>
    {
        if (!engine.RunNow(name))
            LogUnknown(name);
    });

    /// <summary>Stops the thread; what it has found is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _wait.Wake();
        await _running;
        _wait.Dispose();
        _stop.Dispose();
    }

    private void Order(Action<ScanEngine> order)
    {
        _orders.Enqueue(order);
        _wait.Wake();
    }

    private bool Run()
    {
        using var engine = _engine;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Turn();
            }
            catch (Exception e)
            {
                // A fault of ours must not end the scans for good, nor fill the log.
                LogFailed(e);
                _wait.Sleep(s_failed, -1);
            }
        }

        Leave();
        return true;
    }

    private void Turn()
    {
        while (_orders.TryDequeue(out var order))
            order(_engine);
        var (began, cpu) = (_time.GetTimestamp(), ThreadCpu.Used());
        _engine.Pass(_stop.Token);
        Tell();
        var (wait, listens) = _engine.Rest();
        var rest = (ThreadCpu.Used() - cpu) / _settings.MaxCpuShare - _time.GetElapsedTime(began);
        if (rest > wait && wait >= TimeSpan.Zero)
            (wait, listens) = (rest, false);
        if (_stop.IsCancellationRequested || wait == TimeSpan.Zero)
            return;
        wait = HasNews() && (wait < TimeSpan.Zero || wait > s_tellSoon) ? s_tellSoon : wait;
        _wait.Sleep(wait, listens ? _engine.Watch.Number : -1);
    }

    private void Tell()
    {
        var since = _time.GetElapsedTime(_toldAt);
        var isSoon = HasNews() && (_toldVersion < 0 || since >= s_tellSoon);
        if (!isSoon && since < s_tellAnyway)
            return;
        var states = ScanStatesBuilder.Build(_engine, _spool, _time);
        var bytes = states.Scans.Aggregate(0UL, (sum, scan) => sum + scan.ReadBytes);
        (_toldVersion, _toldAt) = (_engine.Version, _time.GetTimestamp());
        if (!isSoon && bytes == _toldBytes)
            return;
        (_toldBytes, _toldHits) = (bytes, Hits());
        _states = states;
        StatesChanged?.Invoke();
    }

    private bool HasNews() => _toldVersion != _engine.Version || _toldHits != Hits();

    private ulong Hits() => _engine.Runs.Aggregate(0UL, (sum, run) => sum + run.Hits);

    private void Leave()
    {
        try
        {
            _engine.Leave();
            _spool.Flush();
        }
        catch (IOException e)
        {
            // It is found again at the next start.
            LogNotKept(e.Message);
        }
    }

    [LoggerMessage(6520, LogLevel.Error, "Running the scans failed; they resume soon")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(6521, LogLevel.Warning, "There is no scan {Scan} to be run")]
    private partial void LogUnknown(string scan);

    [LoggerMessage(6522, LogLevel.Warning, "What the scans found last is not kept and will be looked for again: {Reason}")]
    private partial void LogNotKept(string reason);
}
