namespace Fleet.Storage;

/// <summary>When the write-ahead log goes into the database file: once nothing is written for a while, and at the latest after a longer one.</summary>
/// <remarks>
/// SQLite by itself waits for 16 MiB of log, which a quiet fleet never writes: its database file would hold the schema and nothing else for
/// months, and a lost log the whole fleet. Used by the writer's thread alone; times are those of a clock that only goes forward.
/// </remarks>
internal sealed class CheckpointPlan(TimeSpan quiet, TimeSpan latest)
{
    private TimeSpan? due;
    private TimeSpan? bound;

    /// <summary>Something was committed.</summary>
    public void Committed(TimeSpan now)
    {
        bound ??= now + latest;
        due = now + quiet < bound ? now + quiet : bound;
    }

    /// <summary>Whether to do it now.</summary>
    public bool IsDue(TimeSpan now) => due <= now;

    /// <summary>How long to wait for it; infinite where nothing is to be done.</summary>
    public TimeSpan Wait(TimeSpan now) => due is not { } at ? Timeout.InfiniteTimeSpan : at > now ? at - now : TimeSpan.Zero;

    /// <summary>It was tried. Where it did not get through (a long reader), it is tried again after the longer time.</summary>
    public void Done(bool complete, TimeSpan now)
    {
        bound = null;
        due = complete ? null : now + latest;
    }
}
