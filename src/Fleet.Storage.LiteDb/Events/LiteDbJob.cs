using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbJob(Database database, BsonDocument document) : TouchedJob(document["job"].AsString)
{
    private readonly long key = document["_id"].AsInt64;

    public static TouchedJob? Find(Database database, string id) =>
        JobDocuments.FindDocument(database, id) is { } document ? new LiteDbJob(database, document) : null;

    public override long InsertEvent(TaskEventKind kind, TaskEntry entry) => EventDocuments.Insert(database, key, kind, entry);

    protected override TouchedTask? ReadTask(int ordinal) =>
        TaskDocuments.FindDocument(database, key, ordinal) is { } task ? new LiteDbTask(database, key, ordinal, task) : null;

    protected override (TaskCounts Counts, bool BecameDone) WriteJob(IReadOnlyList<int> changes, DateTimeOffset now)
    {
        JobDocuments.CountMoves(document, changes);
        document["output"] = document["output"].AsInt64 + OutputBytes;
        if (document["purge"].AsInt32 == JobDocuments.Kept)
            database.State.OutputBytes += OutputBytes;
        var counts = JobDocuments.Counts(document);
        var becameDone = counts.Open == 0 && document["state"].AsInt32 == (int)JobState.Running;
        if (becameDone)
        {
            document["state"] = (int)JobState.Done;
            document["finished"] = Field.Of(now);
        }

        JobDocuments.Update(database, document);
        return (counts, becameDone);
    }
}
