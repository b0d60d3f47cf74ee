namespace Fleet.Storage.LiteDb;

/// <summary>
/// Keeps the log from being folded into the database file while another process copies both, and the other way round: a locked file beside them.
/// </summary>
internal static class CheckpointLock
{
    private const string Suffix = ".checkpoint";

    /// <summary>For folding in; null where a copy is being made.</summary>
    public static IDisposable? TryTake(string path)
    {
        try
        {
            return TryOpen(path, FileAccess.ReadWrite, FileShare.None);
        }
        catch (StoreException)
        {
            return null; // tried again later, and told by the copy
        }
    }

    /// <summary>For a copy; waits while the log is folded in.</summary>
    /// <exception cref="StoreException">It takes too long.</exception>
    public static async Task<IDisposable> TakeForCopyAsync(string path, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromMinutes(1);
        for (var waited = TimeSpan.Zero; waited < limit; waited += TimeSpan.FromMilliseconds(20))
        {
            if (TryOpen(path, FileAccess.Read, FileShare.Read) is { } taken)
                return taken;
            await Task.Delay(20, cancellationToken);
        }

        throw new StoreException(StoreFault.Locked, $"the store {path} is being put in order for more than a minute: try again later");
    }

    private static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path + Suffix, FileMode.OpenOrCreate, access, share);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException(StoreFault.Unwritable, $"{path}{Suffix} cannot be opened: {e.Message}", e);
        }
    }
}
