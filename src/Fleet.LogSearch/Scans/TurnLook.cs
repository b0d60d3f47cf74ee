namespace Fleet.LogSearch.Scans;

/// <summary>When and how a log is looked at.</summary>
/// <param name="TakenAt">Before the files were looked at: dates the next mark.</param>
/// <param name="Since">Up to then all that was written had been read.</param>
internal sealed record TurnLook(DateTimeOffset TakenAt, DateTimeOffset Since)
{
    /// <summary>Whether the log was not looked at by this process before: rotations since then were not seen.</summary>
    public bool IsFirst { get; init; }

    /// <summary>When the look before this one was done, as a time stamp of the clock; what was found since is new.</summary>
    public long PreviousDoneAt { get; init; } = long.MinValue;

    /// <summary>What happens is otherwise seen within this time.</summary>
    public TimeSpan Promptness { get; init; }

    /// <summary>Whether a file system may still be mounted where another one is now.</summary>
    public bool AwaitsMount { get; init; }

    /// <summary>Where it is worth knowing whether anybody still has the newest file open for writing, how old the answer may be; null: it is not.</summary>
    public TimeSpan? WriterAge { get; init; }

    /// <summary>The files of other logs.</summary>
    public FileClaims? Claims { get; init; }
}
