using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>What retention does to the collections: marking jobs, then emptying the marked ones piece by piece.</summary>
/// <remarks>
/// A mark (<c>purge</c>) outlives a crash, so that the next sweep carries on; a job marked for deletion is hidden at once, so that nobody sees half
/// of one. Pages that become free are used again; LiteDB gives none back to the file system.
/// </remarks>
internal static class Purge
{
    private const int EventsAPiece = 64;
    private const int TasksAPiece = 256;

    /// <summary>Marks for deletion up to so many jobs that finished before the given time; returns how many.</summary>
    public static int MarkOldJobs(Database database, DateTimeOffset finishedBefore, int limit)
    {
        var old = Before(database, "finished_key", finishedBefore).Take(limit).ToList();
        foreach (var job in old)
            Mark(database, job, JobDocuments.Delete);
        return old.Count;
    }

    /// <summary>Marks for the loss of their log up to so many jobs that finished before the given time; returns how many.</summary>
    public static int MarkOldLogs(Database database, DateTimeOffset finishedBefore, DateTimeOffset now, int limit)
    {
        var old = Before(database, "logged", finishedBefore).Take(limit).ToList();
        foreach (var job in old)
            MarkLog(database, job, now);
        return old.Count;
    }

    /// <summary>Marks for the loss of its log the job that finished first of those that have output; returns its bytes, 0 if there is none.</summary>
    public static long MarkOldestLog(Database database, DateTimeOffset now)
    {
        var oldest = database.Between(Collections.Jobs, "logged", Key.Of(long.MinValue, long.MinValue), Key.Of(long.MaxValue, long.MaxValue))
            .FirstOrDefault(job => job["output"].AsInt64 > 0);
        if (oldest is null)
            return 0;
        MarkLog(database, oldest, now);
        return oldest["output"].AsInt64;
    }

    /// <summary>A marked job; null if there is none.</summary>
    public static BsonDocument? FindMarked(Database database) =>
        database.Between(Collections.Jobs, "purged", 0L, long.MaxValue).FirstOrDefault();

    /// <summary>Does one piece of what the marked job needs.</summary>
    public static PurgePiece Run(Database database, BsonDocument job)
    {
        var key = job["_id"].AsInt64;
        var (events, bytes) = EventDocuments.Delete(database, key, EventsAPiece);
        if (events > 0)
        {
            job["output"] = job["output"].AsInt64 - bytes;
            JobDocuments.Update(database, job);
            return new PurgePiece { Events = events, OutputBytes = bytes };
        }

        if (job["purge"].AsInt32 == JobDocuments.DropLog)
        {
            job["purge"] = JobDocuments.Kept;
            JobDocuments.Update(database, job);
            // Remarks that came while it was marked.
            database.State.OutputBytes += job["output"].AsInt64;
            return new PurgePiece { Outputs = 1 };
        }

        if (TaskDocuments.Delete(database, key, TasksAPiece) is > 0 and var tasks)
            return new PurgePiece { Tasks = tasks };
        database.Delete(Collections.Payloads, key);
        database.Delete(Collections.Jobs, key);
        return new PurgePiece { Jobs = 1 };
    }

    private static IEnumerable<BsonDocument> Before(Database database, string index, DateTimeOffset time) =>
        database.Between(Collections.Jobs, index, Key.Of(long.MinValue, long.MinValue), Key.Of(time.ToUnixTimeMilliseconds() - 1, long.MaxValue));

    private static void MarkLog(Database database, BsonDocument job, DateTimeOffset now)
    {
        job["dropped"] = Field.Of(now);
        Mark(database, job, JobDocuments.DropLog);
    }

    private static void Mark(Database database, BsonDocument job, int mark)
    {
        job["purge"] = mark;
        JobDocuments.Update(database, job);
        database.State.OutputBytes -= job["output"].AsInt64;
    }
}

/// <summary>What one piece of purging deleted.</summary>
internal readonly record struct PurgePiece
{
    public int Events { get; init; }

    public long OutputBytes { get; init; }

    public int Outputs { get; init; }

    public int Tasks { get; init; }

    public int Jobs { get; init; }
}
