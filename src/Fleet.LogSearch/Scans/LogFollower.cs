namespace Fleet.LogSearch.Scans;

/// <summary>How a step of reading left a log.</summary>
public enum FollowState
{
    /// <summary>All there is was read.</summary>
    CaughtUp,

    /// <summary>There is more to read now.</summary>
    More,

    /// <summary>Something is held back until it is quiet for a while: look again soon.</summary>
    Waiting,
}

/// <summary>What one step of reading came to.</summary>
/// <param name="Next">The next mark, to be kept once the hits are safe; the very mark it was called with when nothing was read.</param>
/// <param name="State">Whether there is more.</param>
/// <param name="BytesRead">How much was read.</param>
/// <param name="LagBytes">How much is known to be left; 0 where that cannot be told in bytes.</param>
/// <param name="Fault">For an operator, why the log cannot be read as a whole; empty when it can.</param>
public readonly record struct FollowStep(LogMark Next, FollowState State, long BytesRead, long LagBytes, string Fault = "")
{
    /// <summary>When it is worth looking again, though nothing may happen until then; null: as ever.</summary>
    public TimeSpan? LookAgain { get; init; }

    /// <summary>Whether the mark says that a file has come to its end: kept before long, it spares a gap should the agent be killed.</summary>
    public bool HasEnd { get; init; }
}

/// <summary>Reads a log onwards from a mark, step by step, each line once.</summary>
/// <remarks>
/// The mark is all that counts: what a follower keeps besides only spares work, so a scan that was killed goes on from the mark saved last and
/// finds what came after it once more with the same identities. One thread at a time.
/// </remarks>
public abstract class LogFollower : IDisposable
{
    private protected LogFollower(string name) => Name = name;

    /// <summary>The name in results: the live file's path, "journal" or "kernel".</summary>
    public string Name { get; }

    /// <summary>The mark to begin with.</summary>
    /// <param name="lastLines">So many of the lines that are there already are to be read; 0: only what is written from now on.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public abstract LogMark Begin(int lastLines);

    /// <summary>Reads a mark back.</summary>
    /// <exception cref="InvalidDataException">The text is no mark of such a log.</exception>
    public abstract LogMark ParseMark(string text);

    /// <summary>Reads some of what was written since a mark; what it hands to the sink is void when it throws.</summary>
    /// <exception cref="IOException">It cannot be read now; the mark stands.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read; the mark stands.</exception>
    /// <exception cref="InvalidDataException">It is damaged; the mark stands.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the mark stands.</exception>
    public abstract FollowStep Read(LogMark from, IScanSink sink, CancellationToken cancel);

    /// <summary>The mark with what was learned of it since: that nothing was written up to the last look. The very mark where there is nothing.</summary>
    public virtual LogMark Looked(LogMark mark) => mark;

    /// <summary>A process that could write to the live file has closed it: perhaps nobody writes to it any more.</summary>
    public virtual void NoteClosed()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
