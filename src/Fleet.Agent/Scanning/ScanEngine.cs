using Fleet.Agent.Scanning.Findings;
using Fleet.Agent.Scanning.Orders;
using Fleet.Agent.Scanning.Spool;
using Fleet.Agent.Scanning.Watching;
using Fleet.LogSearch.Priority;
using Fleet.LogSearch.Scans;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Scanning;

/// <summary>
/// Runs the scans, a pass at a time: what is due is read, log by log in turn and a step each, and what was found is kept together with the
/// marks. It has no thread of its own, and forgets nothing that matters when it is dropped at any moment.
/// </summary>
/// <remarks>One thread.</remarks>
internal sealed partial class ScanEngine : IDisposable
{
    private const long MostStagedBytes = 512 * 1024;
    private const int MostStagedSummaries = 1000;

    private static readonly TimeSpan s_longestPass = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_recheck = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_eventsWait = TimeSpan.FromMilliseconds(100);
    // A file that has come to its end: should the agent be killed after that, it is no gap.
    private static readonly TimeSpan s_endsWait = TimeSpan.FromSeconds(1);

    // Of a quiet log too it is kept now and then that nothing had been written.
    private static readonly TimeSpan s_looksWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_commitRetry = TimeSpan.FromSeconds(1);

    private readonly ScanSpool _spool;
    private readonly ScanOptions _settings;
    private readonly TimeProvider _time;
    private readonly ScanRoster _roster;
    private readonly FindingStage _stage;
    private readonly ILogger _log;
    private int _turn;
    private StagedFindings? _unkept;
    private long _commitAt;
    private long _marksKeptAt;
    private long? _endAt;
    private long _summariesKeptAt;

    public ScanEngine(ScanSpool spool, ScanOptions settings, string host, string bootId, TimeProvider time, Random random, ILogger<ScanEngine> log)
    {
        (_spool, _settings, _time, _log) = (spool, settings, time, log);
        Watch = new FileWatch();
        _stage = new FindingStage(host, time);
        _roster = new ScanRoster(spool, new LogOpener(bootId, Watch.Number >= 0, settings, time), _stage, Watch, settings, time, random);
        (_marksKeptAt, _summariesKeptAt) = (time.GetTimestamp(), time.GetTimestamp());
    }

    /// <summary>Tells what has happened to files.</summary>
    public FileWatch Watch { get; }

    /// <summary>The scans at work.</summary>
    public IReadOnlyList<ScanRun> Runs => _roster.Runs;

    /// <summary>Those that cannot be run.</summary>
    public IReadOnlyList<RefusedScan> Refused => _roster.Plan.Refused;

    /// <summary>Grows when something changed that is worth telling at once: a scan, a fault.</summary>
    public int Version { get; private set; }

    /// <summary>Takes over a new set of scans; those that stay go on where they are.</summary>
    public void Apply(ScanPlan plan)
    {
        // What was found by the old set is kept under it, and the new one goes on from there.
        Leave();
        _roster.Apply(plan);
        Version++;
    }

    /// <summary>Runs a scan now; one that rests is run once.</summary>
    public bool RunNow(string name) => _roster.RunNow(name);

    /// <summary>Takes in what has happened to files.</summary>
    public void DrainEvents() => Watch.Drain(static (log, namesChanged, isClosed) =>
    {
        log.IsDirty |= !log.Run.Scan.IsPaused;
        log.NeedsWatch |= namesChanged;
        if (namesChanged)
            log.Run.HasNewNames = true;
        if (isClosed)
            log.Follower.NoteClosed();
    });

    /// <summary>Reads what is due, for a short while.</summary>
    public void Pass(CancellationToken cancel)
    {
        DrainEvents();
        var began = _time.GetTimestamp();
        if (_unkept is not null && (began < _commitAt || !TryKeep()))
            return;
        if (_roster.Wake(began))
            Version++;
        bool hasRead;
        do
        {
            hasRead = Round(cancel);
            KeepIfDue();
        }
        while (hasRead && _unkept is null && _time.GetElapsedTime(began) < s_longestPass && !cancel.IsCancellationRequested);
        if (_roster.EndRuns())
            Version++;
        _spool.Flush();
    }

    /// <summary>How long there is nothing to do unless something happens; and whether what happens to files matters meanwhile.</summary>
    public (TimeSpan Wait, bool ListensToFiles) Rest()
    {
        var now = _time.GetTimestamp();
        if (_unkept is not null)
            return (Until(now, _commitAt), false);
        var (due, isHeldBack) = _roster.NextDue();
        if (_stage.HasSummaries)
            due = Math.Min(due, After(_summariesKeptAt, _settings.SummaryInterval));
        if (_stage.HasMarks)
            due = Math.Min(due, MarksDue());
        if (due == long.MaxValue)
            return (Timeout.InfiniteTimeSpan, true);
        var wait = Until(now, due);
        // While a log that something happens to is held back, its events would only wake us for nothing; those of others wait as long.
        return isHeldBack ? (wait < s_eventsWait ? wait : s_eventsWait, false) : (wait, true);
    }

    /// <summary>Keeps what was found and how far was read.</summary>
    public void Keep()
    {
        if (_unkept is not null || !(_stage.HasMarks || _stage.IsUrgent || _stage.HasSummaries))
            return;
        _unkept = _stage.Take();
        (_marksKeptAt, _summariesKeptAt, _endAt) = (_time.GetTimestamp(), _time.GetTimestamp(), null);
        TryKeep();
    }

    /// <summary>Keeps all that is known before the engine is given up in order: also up to when logs were looked at where nothing was written.</summary>
    public void Leave()
    {
        _roster.NoteLooks();
        Keep();
    }

    public void Dispose()
    {
        _roster.Dispose();
        Watch.Dispose();
    }

    /// <summary>A step of each log that is due, beginning with another one each time.</summary>
    private bool Round(CancellationToken cancel)
    {
        var now = _time.GetTimestamp();
        var due = _roster.Due(now);
        for (var i = 0; i < due.Count && !cancel.IsCancellationRequested; i++)
        {
            Step(due[(i + _turn) % due.Count], cancel);
            if (_stage.Bytes > MostStagedBytes)
                Keep();
            if (_unkept is not null)
                return false;
        }

        _turn++;
        return due.Count > 0;
    }

    private void Step(FollowedLog log, CancellationToken cancel)
    {
        var run = log.Run;
        var cpu = ThreadCpu.Used();
        // Whatever happens from here on makes it dirty again.
        log.IsDirty = false;
        if (log.NeedsWatch && run.Scan.IsContinuous)
        {
            if (log.Journal is { } paths)
                log.Directories = LogOpener.JournalDirectories(paths);
            Watch.Set(log);
            log.NeedsWatch = false;
        }

        _stage.Begin(run.Scan, run.Rate);
        try
        {
            if (log.Mark is null)
                (log.Mark, log.LookKeptAt) = (_roster.Begin(log), _time.GetTimestamp());
            var step = log.Follower.Read(log.Mark, _stage, cancel);
            run.Hits += (ulong)_stage.StepHits;
            run.ReadBytes += (ulong)step.BytesRead;
            if (!ReferenceEquals(step.Next, log.Mark))
                _stage.Keep(log.Key, log.Mark = step.Next);
            else if (_time.GetElapsedTime(log.LookKeptAt) >= s_looksWait)
                KeepLook(log);
            if (step.HasEnd)
                _endAt ??= After(_time.GetTimestamp(), s_endsWait);
            if (run.Scan.IsContinuous && step.BytesRead > 0)
                run.LastRunMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            log.LagBytes = step.LagBytes;
            SetFault(log, step.Fault);
            After(log, step.State, step.LookAgain);
        }
        catch (LogMovedException)
        {
            log.NotBefore = After(_time.GetTimestamp(), s_retry);
            log.IsDirty = true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            log.IsDirty = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            SetFault(log, e is UnauthorizedAccessException ? "no permission to read it" : e.Message);
            After(log, FollowState.CaughtUp, lookAgain: null);
        }
        finally
        {
            _stage.Discard();
            run.Cpu += ThreadCpu.Used() - cpu;
        }
    }

    private void KeepLook(FollowedLog log)
    {
        log.LookKeptAt = _time.GetTimestamp();
        var looked = log.Follower.Looked(log.Mark!);
        if (!ReferenceEquals(looked, log.Mark))
            _stage.Keep(log.Key, log.Mark = looked);
    }

    private void After(FollowedLog log, FollowState state, TimeSpan? lookAgain)
    {
        var now = _time.GetTimestamp();
        var isContinuous = log.Run.Scan.IsContinuous;
        log.SweepAt = isContinuous ? After(now, lookAgain < log.Sweep ? lookAgain.Value : log.Sweep) : long.MaxValue;
        switch (state)
        {
            case FollowState.More:
                log.IsDirty = true;
                log.NotBefore = now;
                break;
            case FollowState.Waiting:
                log.IsDirty = true;
                log.NotBefore = After(now, s_recheck);
                break;
            default:
                // A log that is written to without end is looked at now and then, for all of it at once.
                log.NotBefore = isContinuous ? After(now, _settings.MinPause) : now;
                break;
        }
    }

    private void SetFault(FollowedLog log, string fault)
    {
        if (log.Fault == fault)
            return;
        log.Fault = fault;
        Version++;
        if (fault.Length > 0)
            LogFault(log.Run.Scan.Name, log.Follower.Name, fault);
        else
            LogMended(log.Run.Scan.Name, log.Follower.Name);
    }

    private void KeepIfDue()
    {
        if (_stage.IsUrgent
            || (_stage.HasSummaries && (_stage.SummaryCount > MostStagedSummaries || _time.GetElapsedTime(_summariesKeptAt) >= _settings.SummaryInterval))
            || (_stage.HasMarks && MarksDue() <= _time.GetTimestamp()))
            Keep();
    }

    private long MarksDue() => Math.Min(_endAt ?? long.MaxValue, After(_marksKeptAt, _settings.MarkInterval));

    /// <summary>Findings that could not be kept (the disk is full) are tried again; until then nothing more is read.</summary>
    private bool TryKeep()
    {
        try
        {
            _spool.Commit(_unkept!);
            _unkept = null;
            return true;
        }
        catch (IOException e)
        {
            _commitAt = After(_time.GetTimestamp(), s_commitRetry);
            LogNotKept(e.Message);
            return false;
        }
    }

    private long After(long timestamp, TimeSpan span) => timestamp + (long)(span.TotalSeconds * _time.TimestampFrequency);

    private TimeSpan Until(long now, long then) => then <= now ? TimeSpan.Zero : TimeSpan.FromSeconds((double)(then - now) / _time.TimestampFrequency);

    [LoggerMessage(6510, LogLevel.Warning, "Scan {Scan} cannot read {Source}: {Error}")]
    private partial void LogFault(string scan, string source, string error);

    [LoggerMessage(6511, LogLevel.Information, "Scan {Scan} reads {Source} again")]
    private partial void LogMended(string scan, string source);

    [LoggerMessage(6512, LogLevel.Error, "Findings of scans cannot be kept, no log is read until they can: {Reason}")]
    private partial void LogNotKept(string reason);
}
