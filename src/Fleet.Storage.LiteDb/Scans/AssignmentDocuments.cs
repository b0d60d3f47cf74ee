using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collection <c>assignments</c>.</summary>
internal static class AssignmentDocuments
{
    public static IReadOnlyList<ScanAssignmentRecord> List(Database database) =>
    [
        .. database.All(Collections.Assignments)
            .Select(it => new ScanAssignmentRecord(it["agent"].AsString, it["scan"].AsString, it["revision"].AsInt64, it["until"].TimeOrNull())),
    ];

    /// <summary>Of an agent that was removed in the meantime nothing is kept.</summary>
    public static void Put(Database database, ScanAssignmentRecord assignment)
    {
        if (new AgentDocuments(database).Find(assignment.AgentId) is not { State: AgentState.Active })
            return;
        BsonValue id = Key.Hash(assignment.AgentId, assignment.Scan);
        var known = database.Find(Collections.Assignments, id);
        database.Upsert(Collections.Assignments, new BsonDocument
        {
            ["_id"] = id,
            ["agent"] = assignment.AgentId,
            ["scan"] = assignment.Scan,
            ["revision"] = Math.Max(known?["revision"].AsInt64 ?? long.MinValue, assignment.Revision),
            ["until"] = Field.Of(assignment.Until),
        });
    }

    public static void DeleteOfAgent(Database database, string agentId) => database.Delete(
        Collections.Assignments, [.. database.Equal(Collections.Assignments, "agent", agentId).Select(it => it["_id"])]);

    public static int DeleteEnded(Database database, DateTimeOffset before) => database.Delete(
        Collections.Assignments, [.. database.All(Collections.Assignments).Where(it => it["until"].TimeOrNull() < before).Select(it => it["_id"])]);
}
