using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>Whether a generation came and went while nobody looked.</summary>
internal sealed partial class FileTurn
{
    // A rotation renames file after file without a pause.
    private static readonly TimeSpan s_longestMoving = TimeSpan.FromMilliseconds(250);

    /// <summary>The file after which the next unread one comes, where only times can tell whether something lay between; null where names do.</summary>
    /// <remarks>
    /// An agent that is stopped, or a machine that is suspended, sees only what is left in the end. Names in the set tell that nothing is missing:
    /// rotation removes the oldest first.
    /// </remarks>
    private LogGeneration? LastBefore(int known)
    {
        LogGeneration? last = _from.Live is { } live && _unlisted.Find(file => live.IsOf(file.Status)) is { } was && !Files.Contains(was) ? was
            : known >= 0 ? Files[known] : null;
        return last is null || IsPlaced(last) ? null : last;
    }

    /// <summary>Whether names tell what comes after a file: its own, or that of a packed copy of it.</summary>
    private bool IsPlaced(LogGeneration file) =>
        file.IsPacked || IsInOrder(file) || _copies.ContainsKey(file) || (file.Status.Length == 0 && HasEmptyOne());

    private void ReportSkipped(IScanSink sink, long generation, LogGeneration next)
    {
        // Who wrote to what was lost has gone over to the next one, if not at once.
        DateTimeOffset now = _time.GetUtcNow(), until = next.BornAt + s_quietOfOld;
        Report(sink, HitId.Of('g', _path, (ulong)generation, (ulong)next.Status.BornStamp, []), 0, GapCause.RotatedAway, _since, until < now ? until : now);
    }

    private bool HasSkipped(LogGeneration last, LogGeneration next)
    {
        if (next.Status.BornStamp == 0 || (_from.Live?.IsOf(next.Status) ?? false))
        {
            return false;
        }

        bool isRemoved = last.Status.Links == 0;
        // A removed one was touched last by that: after the removal of its successor where names move up by numbers.
        bool isMovedUp = isRemoved && next != _live && !_unlisted.Contains(next);
        DateTimeOffset end = isMovedUp || last.TouchedAt < last.ChangedAt ? last.ChangedAt : last.TouchedAt;
        DateTimeOffset seen = end > _since ? end : _since;
        bool isLate = _look.IsFirst || _look.TakenAt - next.BornAt > _look.Promptness
            || (isRemoved && last.UnlistedAt > _look.PreviousDoneAt && (isMovedUp || _look.TakenAt - last.TouchedAt > _look.Promptness));
        bool mayBeSkipped = isRemoved ? !(isMovedUp && IsNextOldest(last, next)) : _set.IsLink && !StandsBeside(last, next);
        return (isLate && mayBeSkipped && next.BornAt > seen + (2 * s_clockTick)) || (!isRemoved && HasStranger(last, next));
    }

    /// <summary>Whether a file took the last place among the numbers when the one before was removed from it: by the same rotation, before which each had its own.</summary>
    /// <remarks>Had there been one between them, it would have had that place until the next rotation, and a newer file would have been made before that.</remarks>
    private bool IsNextOldest(LogGeneration last, LogGeneration next)
    {
        TimeSpan between = next.TouchedAt - last.TouchedAt;
        return IsInOrder(next) && last.TouchedAt > last.ChangedAt + s_clockTick && next.TouchedAt > next.ChangedAt
            && last.TouchedAt > next.BornAt + (2 * s_clockTick) && between >= -s_clockTick && between < s_longestMoving
            && !Files.Exists(file => file.BornAt > last.TouchedAt - s_clockTick && file.BornAt < next.TouchedAt + s_clockTick);
    }

    /// <summary>Whether what a symbolic link pointed to before is still there, beside the next one and called alike: one between them would be, too.</summary>
    private static bool StandsBeside(LogGeneration last, LogGeneration next) =>
        last.OtherName() is { } before && next.OtherName() is { } after
        && Path.GetDirectoryName(before) == Path.GetDirectoryName(after) && LogDirectory.KindOf(before) == LogDirectory.KindOf(after);

    /// <summary>Whether a file of the same kind of name was made between two: as when a symbolic link is pointed from one to the next.</summary>
    private bool HasStranger(LogGeneration last, LogGeneration next)
    {
        if (last.OtherName() is not { } name || Path.GetDirectoryName(name) is not { } directory)
        {
            return false;
        }

        string kind = LogDirectory.KindOf(name);
        foreach (string path in LogDirectory.Files(directory))
        {
            if (LogDirectory.KindOf(path) == kind && FileStatus.Of(path) is { IsRegular: true } status && !Files.Exists(file => file.Status.IsSameFile(status))
                && !_unlisted.Exists(file => file.Status.IsSameFile(status)) && !_from.Knows(status)
                && DateTimeOffset.UnixEpoch.AddTicks(status.BornStamp / TimeSpan.NanosecondsPerTick) is var born && born > _since && born < next.BornAt
                && !(_look.Claims?.IsOthers(_path, path, status) ?? false))
            {
                return true;
            }
        }

        return false;
    }
}
