using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbTask(Database database, long jobKey, int ordinal, BsonDocument document)
    : TouchedTask((TaskState)document["state"].AsInt32, document["seq"].AsInt64, document["to"].TextOrNull())
{
    protected override void WriteTask()
    {
        document["state"] = (int)State;
        document["seq"] = LastAgentSeq;
        Set("to", Field.Of(DispatchedTo));
        Set("started", Field.Of(StartedAt));
        Set("ended", Field.Of(EndedAt));
        Set("reason", Field.Of(Reason));
        Set("exit", Field.Of(ExitCode));
        Set("result", Field.Of(Result));
        TaskDocuments.Update(database, jobKey, ordinal, document);
    }

    private void Set(string field, BsonValue value)
    {
        if (!value.IsNull)
            document[field] = value;
    }
}
