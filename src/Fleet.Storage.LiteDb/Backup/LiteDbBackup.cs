namespace Fleet.Storage.LiteDb;

/// <summary>Copies a store that may be in use, and looks a copy over.</summary>
internal static class LiteDbBackup
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Bytes that a copy has at most: what is in both files.</summary>
    /// <exception cref="StoreException">There is no store.</exception>
    public static long Estimate(string source)
    {
        var options = new LiteDbStoreOptions { Path = source };
        return LengthOf(source) + LengthOf(options.LogPath);
    }

    /// <summary>
    /// Copies the database file and then the log, while the lock keeps the log from being folded in: the file does not change meanwhile, and the
    /// log, which only grows, counts as far as its last transaction that is whole. Folding it into the copy makes that one file.
    /// </summary>
    public static async Task CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        _ = LengthOf(source, mustBeThere: true);
        var (from, to) = (new LiteDbStoreOptions { Path = source }, new LiteDbStoreOptions { Path = target });
        if (Path.Exists(target) || Path.Exists(to.LogPath))
            throw new StoreException(StoreFault.Unwritable, $"{target} cannot be written: it is there already");
        try
        {
            using (await CheckpointLock.TakeForCopyAsync(source, cancellationToken))
            {
                await CopyFileAsync(source, target, cancellationToken);
                if (File.Exists(from.LogPath))
                    await CopyFileAsync(from.LogPath, to.LogPath, cancellationToken);
            }

            await Task.Run(() => FoldIn(to), cancellationToken);
        }
        catch (Exception e)
        {
            File.Delete(target);
            File.Delete(to.LogPath);
            if (LiteDbFault.IsFull(e) || e is StoreException { Fault: StoreFault.DiskFull })
                throw new StoreException(StoreFault.DiskFull, $"the disk with {target} is full: make room, or name another place", e);
            if (e is IOException or UnauthorizedAccessException)
                throw new StoreException(StoreFault.Unwritable, $"{target} cannot be written: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Reads every document of a copy and compares it with its indexes.</summary>
    public static Task<StoreContents> VerifyAsync(string copy, CancellationToken cancellationToken) =>
        Task.Run(() => Verify(new LiteDbStoreOptions { Path = copy }, cancellationToken), cancellationToken);

    private static StoreContents Verify(LiteDbStoreOptions options, CancellationToken cancellationToken)
    {
        _ = LengthOf(options.Path, mustBeThere: true);
        using var file = StoreFile.OpenToRead(options);
        try
        {
            var database = file.Use();
            Schema.Check(database);
            var faults = StoreCheck.Run(database, cancellationToken);
            if (faults.Count > 0)
                throw new StoreException(StoreFault.Corrupt, $"{options.Path} is damaged: {faults[0]}");
            var identity = database.State.Identity ?? throw new StoreException(StoreFault.Corrupt, $"{options.Path} is not a Fleet store");
            return new StoreContents(
                identity,
                Count(Collections.Agents, agent => agent["state"].AsInt32 == (int)AgentState.Active),
                Count(Collections.Operators, record => record["state"].AsInt32 == (int)OperatorState.Active),
                Entries(Collections.Tokens),
                Count(Collections.Jobs, job => job["purge"].AsInt32 < JobDocuments.Delete),
                Entries(Collections.Events),
                Entries(Collections.Scans),
                Entries(Collections.Findings),
                Entries(Collections.Alerts));

            long Count(string collection, Func<LiteDB.BsonDocument, bool> isCounted) => database.All(collection).LongCount(isCounted);

            long Entries(string collection) => database.Values(collection, "_id").LongCount();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw LiteDbFault.From(e, options.Path);
        }
    }

    private static void FoldIn(LiteDbStoreOptions copy)
    {
        using (var file = StoreFile.Open(copy))
        {
            if (!file.TryCheckpoint())
                throw new StoreException(StoreFault.Io, $"{copy.Path} cannot be completed: check its disk, and that there is room");
        }

        PrivateFile.Flush(copy.Path);
        File.Delete(copy.LogPath);
    }

    private static async Task CopyFileAsync(string source, string target, CancellationToken cancellationToken)
    {
        await using var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await using var to = new FileStream(target, PrivateFile.New());
        await from.CopyToAsync(to, BlockBytes, cancellationToken);
    }

    private static long LengthOf(string path, bool mustBeThere = false)
    {
        var file = new FileInfo(path);
        if (file.Exists)
            return file.Length;
        return mustBeThere ? throw new StoreException(StoreFault.Lost, $"there is no store {path}") : 0;
    }
}
