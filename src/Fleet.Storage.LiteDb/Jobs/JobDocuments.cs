using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collections <c>jobs</c> and <c>payloads</c>. Jobs being deleted are not seen.</summary>
internal static class JobDocuments
{
    /// <summary>No mark: the job stays as it is.</summary>
    public const int Kept = 0;

    /// <summary>The job's log is being dropped.</summary>
    public const int DropLog = 1;

    /// <summary>The job is being deleted, and hidden meanwhile.</summary>
    public const int Delete = 2;

    private static readonly string[] s_states =
    [
        "pending", "dispatched", "running", "succeeded", "failed", "timed_out", "cancelled", "rejected", "expired", "interrupted", "skipped",
    ];

    /// <summary>The job's document; null if there is no such job.</summary>
    public static BsonDocument? FindDocument(Database database, string id) =>
        database.FindBy(Collections.Jobs, "job", id) is { } job && job["purge"].AsInt32 < Delete ? job : null;

    /// <summary>The job's key; null if there is no such job.</summary>
    public static long? FindKey(Database database, string id) => FindDocument(database, id)?["_id"].AsInt64;

    public static JobRecord? Find(Database database, string id) => FindDocument(database, id) is { } job ? Read(job) : null;

    public static JobRecord? FindByRequest(Database database, string operatorId, string requestId) =>
        database.FindBy(Collections.Jobs, "request", RequestKey(operatorId, requestId)) is { } job ? Read(job) : null;

    public static IEnumerable<BsonDocument> ListOpen(Database database) => database.Between(Collections.Jobs, "open", 0L, long.MaxValue);

    public static JobPayload? FindPayload(Database database, long key) =>
        database.Find(Collections.Payloads, key) is { } payload ? new JobPayload(payload["spec"].AsBinary, payload["options"].AsBinary) : null;

    /// <summary>False for an id that a job being deleted has still: LiteDB's index would refuse it.</summary>
    public static bool IsFree(Database database, string id) => database.FindBy(Collections.Jobs, "job", id) is null;

    public static long Insert(Database database, NewJob job)
    {
        var key = database.State.NextJob();
        var document = new BsonDocument
        {
            ["_id"] = key,
            ["job"] = job.Id,
            ["request"] = RequestKey(job.OperatorId, job.RequestId),
            ["request_id"] = job.RequestId,
            ["created"] = Field.Of(job.CreatedAt),
            ["operator"] = job.OperatorId,
            ["operator_name"] = job.OperatorName,
            ["target"] = Field.Of(job.Target),
            ["summary"] = Field.Of(job.Summary),
            ["digest"] = job.SpecDigest,
            ["retry_of"] = Field.Of(job.RetryOf),
            ["state"] = (int)JobState.Running,
            ["deadline"] = Field.Of(job.Deadline),
            ["output"] = 0L,
            ["purge"] = Kept,
            ["pending"] = job.Tasks.Count,
        };
        SetIndexed(document);
        database.Insert(Collections.Jobs, document);
        database.Insert(Collections.Payloads, new BsonDocument { ["_id"] = key, ["spec"] = job.SpecBytes, ["options"] = job.OptionsBytes });
        return key;
    }

    /// <summary>Writes a job, what its indexes are over included.</summary>
    public static void Update(Database database, BsonDocument job)
    {
        SetIndexed(job);
        database.Update(Collections.Jobs, job);
    }

    /// <summary>Stands for an operator's request.</summary>
    public static byte[] RequestKey(string operatorId, string requestId) => Key.Hash(operatorId, requestId);

    /// <summary>What the fields that are there for the indexes must be.</summary>
    public static void SetIndexed(BsonDocument job)
    {
        var key = job["_id"].AsInt64;
        var purge = job["purge"].AsInt32;
        job["age"] = Key.Of(job["created"].AsInt64, key);
        job["open"] = job["state"].AsInt32 == (int)JobState.Running ? key : BsonValue.Null;
        var finished = job["finished"] is { IsNull: false } at && purge == Kept ? Key.Of(at.AsInt64, key) : BsonValue.Null;
        job["finished_key"] = finished;
        job["logged"] = job["dropped"].IsNull ? finished : BsonValue.Null;
        job["purged"] = purge == Kept ? BsonValue.Null : key;
        if (purge == Delete)
            job["request"] = BsonValue.Null;
    }

    public static void CountMoves(BsonDocument job, IReadOnlyList<int> changes)
    {
        for (var state = 0; state < changes.Count; state++)
        {
            if (changes[state] != 0)
                job[s_states[state]] = Count(job, state) + changes[state];
        }
    }

    public static TaskCounts Counts(BsonDocument job) => new(
        Pending: Count(job, 0),
        Dispatched: Count(job, 1),
        Running: Count(job, 2),
        Succeeded: Count(job, 3),
        Failed: Count(job, 4),
        TimedOut: Count(job, 5),
        Cancelled: Count(job, 6),
        Rejected: Count(job, 7),
        Expired: Count(job, 8),
        Interrupted: Count(job, 9),
        Skipped: Count(job, 10));

    public static JobRecord Read(BsonDocument job) => new()
    {
        Id = job["job"].AsString,
        CreatedAt = job["created"].Time(),
        OperatorId = job["operator"].AsString,
        OperatorName = job["operator_name"].AsString,
        Target = job["target"].AsString,
        Summary = job["summary"].AsString,
        SpecDigest = job["digest"].AsBinary,
        RetryOf = job["retry_of"].TextOrNull(),
        State = (JobState)job["state"].AsInt32,
        Deadline = job["deadline"].TimeOrNull(),
        CancelRequestedAt = job["cancel"].TimeOrNull(),
        CancelRequestedBy = job["canceler"].TextOrNull(),
        FinishedAt = job["finished"].TimeOrNull(),
        Counts = Counts(job),
        OutputBytes = job["output"].AsInt64,
        OutputDroppedAt = job["dropped"].TimeOrNull(),
    };

    private static int Count(BsonDocument job, int state) => job[s_states[state]].IntOrNull() ?? 0;
}
