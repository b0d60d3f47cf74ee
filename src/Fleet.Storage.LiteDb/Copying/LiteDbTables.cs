using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Where the collections keep what a copy of a store is made of.</summary>
internal static class LiteDbTables
{
    /// <summary>Collections that are made of others, or belong to the file and not to the fleet.</summary>
    public static readonly string[] Derived = [Collections.Schema, Collections.OpenTasks];

    /// <summary>Each table but the numbers of the store as a whole, which are <see cref="StoreState"/>.</summary>
    public static readonly IReadOnlyList<LiteDbTable> All =
    [
        new(StoreTables.Settings, Collections.Settings, "_id value"),
        new(StoreTables.Tokens, Collections.Tokens, "_id hash kind:int role:int labels expires max_uses:int uses:int replace:bool created creator revoked note allowed"),
        new(
            StoreTables.Agents, Collections.Agents,
            "_id name enrollment state:int labels facts facts_at serial not_after enrolled token connected disconnected version machine duplicate duplicate_note")
        {
            Index = AgentDocuments.SetIndexed,
        },
        new(StoreTables.Superseded, Collections.Superseded, "_id agent not_after"),
        new(StoreTables.Operators, Collections.Operators, "_id name enrollment role:int state:int serial not_after created token")
        {
            Index = OperatorDocuments.SetIndexed,
        },
        new(StoreTables.Revocations, Collections.Revocations, "_id not_after at reason"),
        new(
            StoreTables.Jobs, Collections.Jobs,
            "_id job request_id created operator operator_name target summary digest retry_of state:int deadline cancel canceler finished pending:int dispatched:int "
                + "running:int succeeded:int failed:int timed_out:int cancelled:int rejected:int expired:int interrupted:int skipped:int output dropped purge:int")
        {
            Index = IndexJob,
            Follow = FollowJob,
        },
        new(StoreTables.Payloads, Collections.Payloads, "_id spec options"),
        new(
            StoreTables.Tasks, Collections.Tasks, "@first @last agent name state:int deliver_by to seq started ended reason exit:int result")
        {
            Follow = FollowTask,
        },
        new(StoreTables.Events, Collections.Events, "@first @last task:int kind:int seq at data"),
        new(StoreTables.Scans, Collections.Scans, "_id revision definition paused:bool changed changer"),
        new(StoreTables.Channels, Collections.Channels, "_id definition"),
        new(StoreTables.Assignments, Collections.Assignments, "agent scan revision until") { Index = IdentifyByAgentAndScan },
        new(
            StoreTables.Findings, Collections.Findings,
            "_id kind:int scan agent name id severity:int pattern source template at received count text data unassigned:bool")
        {
            Index = finding => FindingDocuments.SetIndexed(
                finding, FindingDocuments.Once(finding["agent"].AsString, finding["scan"].AsString, finding["id"].AsBinary)),
        },
        new(StoreTables.ScanTotals, Collections.ScanTotals, "_id hits gaps last"),
        new(StoreTables.FindingCounts, Collections.FindingCounts, "agent scan count") { Index = IdentifyByAgentAndScan },
        new(
            StoreTables.Alerts, Collections.Alerts,
            "_id scan pattern fingerprint agent template severity:int state:int started_at fired_at last_hit resolved_at count detail silence acknowledger "
                + "acknowledged acknowledgement")
        {
            Index = AlertDocuments.SetIndexed,
        },
        new(StoreTables.Silences, Collections.Silences, "_id scan pattern agent created expires creator comment"),
        new(
            StoreTables.Deliveries, Collections.Deliveries, "_id alert channel occasion message created not_before severity:int due attempts:int sent fault")
        {
            Index = DeliveryDocuments.SetIndexed,
        },
    ];

    private static readonly Dictionary<StoreTable, LiteDbTable> s_byTable = All.ToDictionary(table => table.Table);

    public static LiteDbTable Of(StoreTable table) => s_byTable[table];

    private static void IdentifyByAgentAndScan(BsonDocument document) => document["_id"] = Key.Hash(document["agent"].AsString, document["scan"].AsString);

    private static void IndexJob(BsonDocument job)
    {
        job["request"] = job["request_id"].TextOrNull() is { } request ? JobDocuments.RequestKey(job["operator"].AsString, request) : BsonValue.Null;
        JobDocuments.SetIndexed(job);
    }

    private static void FollowJob(Database database, BsonDocument job)
    {
        database.State.TakeJob(job["_id"].AsInt64);
        if (job["purge"].AsInt32 == JobDocuments.Kept)
            database.State.OutputBytes += job["output"].AsInt64;
    }

    private static void FollowTask(Database database, BsonDocument task)
    {
        if (!TaskMoves.IsEnd((TaskState)task["state"].AsInt32))
            TaskDocuments.InsertOpen(database, task["agent"].AsString, Key.First(task["_id"]), (int)Key.Last(task["_id"]));
    }
}
