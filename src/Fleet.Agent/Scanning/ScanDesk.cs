using Fleet.Agent.Scanning.Orders;
using Fleet.Agent.Scanning.Spool;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Scanning;

/// <summary>Where orders for standing scans arrive, and what they found is fetched. The scans themselves go on without any link.</summary>
/// <remarks>For all threads. Where there never was a scan, there is no thread either.</remarks>
internal sealed partial class ScanDesk : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ScanSetFile _file;
    private readonly ScanSetReader _reader;
    private readonly ScanOptions _settings;
    private readonly ScanHost _host;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private ScanWorker? _worker;
    private bool _hasWorked;

    /// <summary>Opens what is kept in a directory, and runs the scans that were running.</summary>
    /// <param name="directory">Made already, for its owner alone.</param>
    /// <param name="settings">Bounds.</param>
    /// <param name="host">Which host this is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where reports go.</param>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public ScanDesk(string directory, ScanOptions settings, ScanHost host, TimeProvider time, ILoggerFactory logs)
    {
        (_settings, _host, _time, _logs) = (settings, host, time, logs);
        _log = logs.CreateLogger<ScanDesk>();
        _file = new ScanSetFile(Path.Combine(directory, "set"));
        _reader = new ScanSetReader(settings.MaxHitsPerMinute);
        Spool = new ScanSpool(directory, settings.MaxSpoolBytes, logs.CreateLogger<ScanSpool>());
        if (_file.Read() is { } kept && _reader.Read(kept, out _) is { } plan)
            Start_NeedsLock(plan);
    }

    /// <summary>Told when there is something to send.</summary>
    public event Action? Changed;

    /// <summary>What was found and is not delivered.</summary>
    public ScanSpool Spool { get; }

    /// <summary>Names the set of scans that this agent runs; empty: none.</summary>
    public string Digest { get; private set; } = "";

    /// <summary>How the scans fare; null where there is nothing to say.</summary>
    public ScanStates? States => _worker?.States;

    /// <summary>Whether the scans have something behind them (new ones, logs that were read) and all of it is delivered; true once after each new state.</summary>
    public bool ComesToRest() => Spool.Held.Reports == 0 && Interlocked.Exchange(ref _hasWorked, false);

    /// <summary>Takes over a set of scans from the controller; it is kept before it counts.</summary>
    public void Take(ScanSet set)
    {
        lock (_gate)
        {
            if (_reader.Read(set, out var fault) is not { } plan)
            {
                LogRefused(fault);
                return;
            }

            try
            {
                _file.Write(set);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Without the old digest's change the controller sends it again at the next link.
                LogNotKept(e.Message);
                return;
            }

            Start_NeedsLock(plan);
        }
    }

    /// <summary>Runs a scan now.</summary>
    public void RunNow(string name) => _worker?.RunNow(name);

    public async ValueTask DisposeAsync()
    {
        if (_worker is { } worker)
            await worker.DisposeAsync();
        Spool.Dispose();
    }

    private void Start_NeedsLock(ScanPlan plan)
    {
        Digest = plan.Digest;
        foreach (var refused in plan.Refused)
            LogScanRefused(refused.Name, refused.Fault);
        LogTaken(plan.Scans.Count, plan.Digest);
        if (_worker is null && (plan.Scans.Count > 0 || plan.Refused.Count > 0 || Spool.Keys().Count > 0))
        {
            var engine = new ScanEngine(Spool, _settings, _host.Name, _host.BootId, _time, new Random(), _logs.CreateLogger<ScanEngine>());
            _worker = new ScanWorker(engine, Spool, _settings, _time, _logs.CreateLogger<ScanWorker>());
            _worker.StatesChanged += () =>
            {
                Volatile.Write(ref _hasWorked, true);
                Changed?.Invoke();
            };
        }

        _worker?.Apply(plan);
    }

    [LoggerMessage(6530, LogLevel.Information, "{Scans} scans are run, set {Digest}")]
    private partial void LogTaken(int scans, string digest);

    [LoggerMessage(6531, LogLevel.Warning, "Scan {Scan} cannot be run: {Error}")]
    private partial void LogScanRefused(string scan, string error);

    [LoggerMessage(6532, LogLevel.Warning, "A set of scans was refused: {Error}")]
    private partial void LogRefused(string error);

    [LoggerMessage(6533, LogLevel.Error, "A set of scans cannot be kept, so the old one stays: {Reason}")]
    private partial void LogNotKept(string reason);
}

/// <summary>Which host scans run on.</summary>
/// <param name="Name">Its name, masked in templates.</param>
/// <param name="BootId">This boot of it.</param>
internal sealed record ScanHost(string Name, string BootId);
