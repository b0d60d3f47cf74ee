namespace Fleet.Controller.Dispatch;

/// <summary>A record of a task that cannot be stored: its agent would send it again and again, and nothing behind it would ever arrive.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Ordinal">The task.</param>
/// <param name="Seq">The record.</param>
/// <param name="Fault">What is wrong with it, for people.</param>
/// <param name="Kind">Whether it may be better next time.</param>
internal sealed record UnfitRecord(string JobId, int Ordinal, long Seq, string Fault, UnfitKind Kind);

/// <summary>Whether a record that cannot be stored may be better next time.</summary>
internal enum UnfitKind
{
    /// <summary>It stays what it is.</summary>
    ForEver,

    /// <summary>Records before it are missing. A new link is told where to go on; who then leaves the same gap does not have them.</summary>
    Gap,
}
