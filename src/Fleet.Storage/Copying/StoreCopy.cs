using Microsoft.Extensions.Logging;

namespace Fleet.Storage;

/// <summary>A store: what it is kept in, and where.</summary>
/// <param name="Files">What it is kept in.</param>
/// <param name="Path">Its file.</param>
public sealed record StorePlace(IStoreFiles Files, string Path)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Files.Kind}:{Path}";
}

/// <summary>Rows of a table that were copied, the same in both stores.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">How many.</param>
/// <param name="Digest">Their digest, in hexadecimal; it does not depend on their order.</param>
public sealed record CopiedTable(string Table, long Rows, string Digest);

/// <summary>How far a copy is.</summary>
/// <param name="Step">What is being done: "copying" or "reading again".</param>
/// <param name="Table">With which table.</param>
/// <param name="Rows">Rows of it so far.</param>
public sealed record CopyProgress(string Step, string Table, long Rows);

/// <summary>
/// Copies all that a store holds to a new store, of the same kind or another. No controller may have either open. The new store has its name
/// only when all of it was read again and is the same: half a copy never looks like a store.
/// </summary>
public static class StoreCopy
{
    private const int RowsABatch = 2000;
    private const int BytesABatch = 4 << 20;
    private const string Unfinished = ".unfinished";

    /// <summary>Makes the copy; the tables that were copied.</summary>
    /// <param name="from">The store. Nothing in it is changed.</param>
    /// <param name="to">The new store.</param>
    /// <param name="time">The clock that dates the new store's schema.</param>
    /// <param name="logger">Hears of the new store's schema.</param>
    /// <param name="progress">Hears how far it is, after each batch.</param>
    /// <param name="cancellationToken">Gives up; what was written is removed.</param>
    /// <exception cref="StoreException">A store cannot be read or written, is in use, is there already, or the copy is not the same.</exception>
    public static Task<IReadOnlyList<CopiedTable>> RunAsync(
        StorePlace from, StorePlace to, TimeProvider time, ILogger logger, IProgress<CopyProgress>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => RunLockedAsync(from, to, time, logger, progress, cancellationToken), cancellationToken);

    private static async Task<IReadOnlyList<CopiedTable>> RunLockedAsync(
        StorePlace from, StorePlace to, TimeProvider time, ILogger logger, IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(from.Path))
            throw new StoreException(StoreFault.Lost, $"there is no store {from.Path}");
        if (Existing(to) is { } existing)
            throw new StoreException(StoreFault.Unwritable, $"{existing} exists: a copy replaces nothing; name another file, or move it away");
        using var source = StoreLock.Acquire(from.Path);
        using var target = StoreLock.Acquire(to.Path);
        // Again: it may have been made before it was locked.
        if (Existing(to) is { } made)
            throw new StoreException(StoreFault.Unwritable, $"{made} exists: a copy replaces nothing; name another file, or move it away");

        // What a copy that was killed has left: nobody else writes there while the target is locked.
        var unfinished = to with { Path = to.Path + Unfinished };
        Delete(unfinished);
        try
        {
            // 1. All rows, beside the new store's name.
            var read = Fill(from, unfinished, time, logger, progress, cancellationToken);

            // 2. All of the new store, read again: whether it is sound, its indexes included, and the same.
            await unfinished.Files.VerifyAsync(unfinished.Path, cancellationToken);
            var written = Count(unfinished, progress, cancellationToken);
            if (read.Zip(written).Where(pair => pair.First != pair.Second).Select(pair => pair.First.Table).ToList() is { Count: > 0 } different)
                throw new StoreException(StoreFault.Corrupt, $"the copy of {from.Path} is not the same in {string.Join(", ", different)}, and was removed");

            // 3. Only now is it a store.
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(unfinished.Path, to.Path);
            DirectoryEntry.Flush(Path.GetDirectoryName(Path.GetFullPath(to.Path))!);
            return read;
        }
        catch (Exception e)
        {
            Delete(unfinished);
            if (e is IOException or UnauthorizedAccessException)
                throw new StoreException(StoreFault.Unwritable, $"{to.Path} cannot be written: {e.Message}", e);
            throw;
        }
    }

    private static List<CopiedTable> Fill(
        StorePlace from, StorePlace to, TimeProvider time, ILogger logger, IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        using var rows = from.Files.OpenRows(from.Path);
        using var filler = to.Files.CreateEmpty(to.Path, time, logger);
        var tables = new List<CopiedTable>();
        foreach (var table in StoreTables.All)
            tables.Add(ReadAll(rows, table, batch => filler.Write(table, batch), "copying", progress, cancellationToken));
        filler.Complete();
        return tables;
    }

    private static List<CopiedTable> Count(StorePlace place, IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        using var rows = place.Files.OpenRows(place.Path);
        return [.. StoreTables.All.Select(table => ReadAll(rows, table, _ => { }, "reading again", progress, cancellationToken))];
    }

    private static CopiedTable ReadAll(
        IStoreRows rows, StoreTable table, Action<IReadOnlyList<object?[]>> take, string step, IProgress<CopyProgress>? progress,
        CancellationToken cancellationToken)
    {
        var digest = new RowDigest();
        var batch = new List<object?[]>();
        var bytes = 0;
        foreach (var row in rows.Read(table))
        {
            bytes += digest.Add(row);
            batch.Add(row);
            if (batch.Count >= RowsABatch || bytes >= BytesABatch)
                Pass();
        }

        if (batch.Count > 0)
            Pass();
        return new CopiedTable(table.Name, digest.Rows, digest.Text);

        void Pass()
        {
            cancellationToken.ThrowIfCancellationRequested();
            take(batch);
            progress?.Report(new CopyProgress(step, table.Name, digest.Rows));
            batch.Clear();
            bytes = 0;
        }
    }

    // Also a log without its store: it would be taken for the new one's.
    private static string? Existing(StorePlace place) =>
        place.Files.Suffixes.Prepend("").Select(suffix => place.Path + suffix).FirstOrDefault(Path.Exists);

    private static void Delete(StorePlace place)
    {
        foreach (var suffix in place.Files.Suffixes.Prepend(""))
            File.Delete(place.Path + suffix);
    }
}
