using System.Globalization;
using Fleet.Agent.Scanning.Findings;
using Fleet.Agent.Scanning.Orders;
using Fleet.Agent.Scanning.Spool;
using Fleet.Agent.Scanning.Watching;
using Fleet.LogSearch.Scans;

namespace Fleet.Agent.Scanning;

/// <summary>Which scans there are, which logs they follow, and which of them are due.</summary>
internal sealed class ScanRoster(
    ScanSpool spool, LogOpener opener, FindingStage stage, FileWatch watch, ScanOptions settings, TimeProvider time, Random random) : IDisposable
{
    // Agents get their scans at the same moment: their runs must not fall together for good.
    private const double Jitter = 0.1;
    private static readonly TimeSpan s_latestFirstRun = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_leastExpansion = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_forgetAfter = TimeSpan.FromDays(7);

    private readonly List<ScanRun> _runs = [];
    private readonly List<FollowedLog> _due = [];

    /// <summary>What was ordered.</summary>
    public ScanPlan Plan { get; private set; } = ScanPlan.None;

    /// <summary>The scans at work.</summary>
    public IReadOnlyList<ScanRun> Runs => _runs;

    /// <summary>Takes over a set of scans. A scan that changed goes on from where it was; of one that is gone nothing is kept.</summary>
    public void Apply(ScanPlan plan)
    {
        Plan = plan;
        var wanted = plan.Scans.ToDictionary(scan => scan.Name, StringComparer.Ordinal);
        foreach (var run in _runs.Where(run => wanted.GetValueOrDefault(run.Scan.Name)?.Revision != run.Scan.Revision).ToList())
            Drop(run);
        foreach (var scan in plan.Scans.Where(scan => _runs.TrueForAll(run => run.Scan.Name != scan.Name)))
            Add(scan);

        // A refused scan keeps its marks: it comes back fixed.
        var kept = plan.Scans.SelectMany(scan => SourceRun.Of(scan).SelectMany(source => new[] { LogKeys.Prefix(scan.Name, source.Name), LogKeys.Renamed(scan.Name, source.Name) }))
            .Concat(plan.Refused.Select(scan => scan.Name + "\t")).ToList();
        foreach (var key in spool.Keys().Where(key => !kept.Exists(prefix => key.StartsWith(prefix, StringComparison.Ordinal))))
            stage.Forget(key);
    }

    /// <summary>Runs a scan now.</summary>
    public bool RunNow(string name)
    {
        var run = _runs.Find(run => run.Scan.Name == name);
        if (run is null)
            return false;
        Start(run);
        foreach (var log in run.Logs)
            log.IsDirty = true;
        return true;
    }

    /// <summary>Starts what is due by the clock; true where a run began.</summary>
    public bool Wake(long now)
    {
        var began = false;
        foreach (var run in _runs)
        {
            if (run.Scan.IsPaused)
                continue;
            if (run.DueAt <= now)
            {
                began |= !run.Scan.IsContinuous;
                Start(run);
            }
            else if (run.HasNewNames && After(run.ExpandedAt, s_leastExpansion) <= now)
                Expand(run);

            foreach (var log in run.Logs)
                log.IsDirty |= log.SweepAt <= now;
        }

        return began;
    }

    /// <summary>Ends the runs that have read everything; true where one did.</summary>
    public bool EndRuns()
    {
        var ended = false;
        foreach (var run in _runs)
        {
            if (!run.IsRunning || run.Logs.Any(log => log.IsDirty))
                continue;
            run.IsRunning = false;
            run.Runs++;
            ended = true;
        }

        return ended;
    }

    /// <summary>The logs that are to be read now.</summary>
    public IReadOnlyList<FollowedLog> Due(long now)
    {
        _due.Clear();
        foreach (var run in _runs)
        {
            foreach (var source in run.Sources)
            {
                foreach (var log in source.Logs)
                {
                    if (log.IsDirty && log.NotBefore <= now)
                        _due.Add(log);
                }
            }
        }

        return _due;
    }

    /// <summary>When something is due next, and whether a log is waiting for its turn to come.</summary>
    public (long At, bool IsHeldBack) NextDue()
    {
        var (at, isHeldBack) = (long.MaxValue, false);
        foreach (var run in _runs)
        {
            if (!run.Scan.IsPaused)
                at = Math.Min(at, run.HasNewNames ? Math.Min(run.DueAt, After(run.ExpandedAt, s_leastExpansion)) : run.DueAt);
            foreach (var log in run.Logs)
            {
                at = Math.Min(at, log.IsDirty ? log.NotBefore : run.Scan.IsPaused ? long.MaxValue : log.SweepAt);
                isHeldBack |= log.IsDirty;
            }
        }

        return (at, isHeldBack);
    }

    /// <summary>The mark that a log begins with: the one that was kept, or by the scan's first-run policy.</summary>
    public LogMark Begin(FollowedLog log)
    {
        if (Kept(log) is { } kept)
            return kept;
        var mark = log.FirstMark ?? log.Follower.Begin(log.Run.Scan.FirstRunLines);
        stage.Note(log.Key, mark);
        return mark;
    }

    /// <summary>Notes of each log up to when it was looked at, where nothing was written.</summary>
    public void NoteLooks()
    {
        foreach (var log in _runs.SelectMany(run => run.Logs))
        {
            if (log.Mark is { } mark && log.Follower.Looked(mark) is var looked && !ReferenceEquals(looked, mark))
                stage.Note(log.Key, log.Mark = looked);
        }
    }

    public void Dispose()
    {
        foreach (var log in _runs.SelectMany(run => run.Logs))
            log.Dispose();
        _runs.Clear();
    }

    private void Add(CheckedScan scan)
    {
        var run = opener.Run(scan);
        run.Sources.AddRange(SourceRun.Of(scan));
        run.Claims.Globs = [.. run.Sources.Select(source => source.Source).Where(LogOpener.IsOpenEnded).Select(source => source.Files.Path)];
        var within = scan.IsContinuous ? TimeSpan.Zero : scan.Every < s_latestFirstRun ? scan.Every : s_latestFirstRun;
        run.DueAt = After(time.GetTimestamp(), within * random.NextDouble());
        _runs.Add(run);
    }

    private void Drop(ScanRun run)
    {
        foreach (var log in run.Logs)
            Close(log);
        _runs.Remove(run);
    }

    private LogMark? Kept(FollowedLog log)
    {
        try
        {
            return spool.Mark(log.Key) is { } kept ? log.Follower.ParseMark(kept) : null;
        }
        catch (InvalidDataException)
        {
            // Of another version: as if it were new.
            return null;
        }
    }

    private void Close(FollowedLog log)
    {
        watch.Remove(log);
        log.Dispose();
    }

    /// <summary>Begins a run: looks which logs the sources stand for, and has them read; those of a continuous scan are when something happens.</summary>
    private void Start(ScanRun run)
    {
        var scan = run.Scan;
        Expand(run);
        if (!scan.IsContinuous)
        {
            foreach (var log in run.Logs)
                log.IsDirty = true;
            (run.IsRunning, run.LastRunMs) = (true, time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        var every = scan.IsContinuous ? settings.SweepInterval : scan.Every * (1 + (Jitter * (random.NextDouble() - 0.5)));
        run.DueAt = scan.IsPaused ? long.MaxValue : After(time.GetTimestamp(), every);
    }

    private void Expand(ScanRun run)
    {
        foreach (var source in run.Sources)
            Expand(run, source);
        (run.HasNewNames, run.ExpandedAt) = (false, time.GetTimestamp());
    }

    private void Expand(ScanRun run, SourceRun source)
    {
        var isOpenEnded = LogOpener.IsOpenEnded(source.Source);
        if (source.Logs.Count > 0 && !isOpenEnded)
            return;
        var prefix = LogKeys.Prefix(run.Scan.Name, source.Name);
        var beganKey = LogKeys.Began(run.Scan.Name, source.Name);
        var began = Began(beganKey);
        string[] known = [.. source.Logs.Select(log => log.Follower.Name)];
        if (known.Length == 0)
        {
            known = [.. spool.Keys().Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && key.Length > prefix.Length).Select(key => key[prefix.Length..])];
            source.Renamed = isOpenEnded && spool.Mark(LogKeys.Renamed(run.Scan.Name, source.Name)) is { } kept ? RenamedMark.Parse(kept).Files : [];
            run.NoteRenamed();
        }

        var names = LogOpener.Names(source.Source, known, out var fault);
        source.Fault = fault;
        // A file that is missing just now is still followed: its rotations hold what was written to it. Those that are known come first: what was
        // read of their files tells which of the new names are theirs.
        foreach (var name in known.Concat(names).Distinct(StringComparer.Ordinal))
        {
            // A file that two sources stand for is followed once.
            if (source.Logs.Exists(log => log.Follower.Name == name) || (source.Source.Files is not null && run.Logs.Any(log => log.Follower.Name == name)))
                continue;
            if (isOpenEnded && !known.Contains(name) && run.Claims.IsOthers(name, out _))
                continue;

            // What appears after the first look is new from its first line on.
            var first = isOpenEnded && began is { } since ? new FileMark([], 0, since) : null;
            var opened = opener.Open(run, source, name, first);
            source.Logs.Add(opened);
            if (source.Source.Files is null)
                continue;
            if (Kept(opened) is null)
                run.Claims.Announce(name);
        }

        if (isOpenEnded)
            KeepRenamed(run, source, names);
        foreach (var log in source.Logs.Where(log => !names.Contains(log.Follower.Name) && IsLongGone(log)).ToList())
        {
            Close(log);
            source.Logs.Remove(log);
            run.Claims.Release(log.Follower.Name);
            stage.Forget(log.Key);
        }

        if (began is null)
            stage.Note(beganKey, new BeganMark(time.GetUtcNow()));
    }

    /// <summary>Remembers the files that have other names of the source by now: the log that read them forgets them some rotations later.</summary>
    private void KeepRenamed(ScanRun run, SourceRun source, IReadOnlyList<string> names)
    {
        var found = new List<FilePosition>();
        foreach (var name in names)
        {
            if (run.Claims.IsOthers(name, out var position) && position is not null)
                found.Add(position);
        }

        if (source.Meet(found, time))
        {
            run.NoteRenamed();
            stage.Note(LogKeys.Renamed(run.Scan.Name, source.Name), new RenamedMark(source.Renamed));
        }
    }

    private bool IsLongGone(FollowedLog log) => log.Mark is FileMark { } mark && time.GetUtcNow() - mark.TakenAt > s_forgetAfter;

    private DateTimeOffset? Began(string key) =>
        spool.Mark(key) is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private long After(long timestamp, TimeSpan span) => timestamp + (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>When a source was first looked at.</summary>
    private sealed record BeganMark(DateTimeOffset At) : LogMark
    {
        public override string Write() => At.UtcTicks.ToString(CultureInfo.InvariantCulture);
    }
}
