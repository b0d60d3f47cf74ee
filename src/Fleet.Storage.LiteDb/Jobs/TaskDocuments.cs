using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collections <c>tasks</c> and <c>open_tasks</c> (which of an agent have not ended).</summary>
internal static class TaskDocuments
{
    public static void Insert(Database database, long jobKey, IReadOnlyList<NewTask> tasks)
    {
        for (var ordinal = 1; ordinal <= tasks.Count; ordinal++)
        {
            var task = tasks[ordinal - 1];
            database.Insert(Collections.Tasks, new BsonDocument
            {
                ["_id"] = Key.Of(jobKey, ordinal),
                ["agent"] = task.AgentId,
                ["name"] = task.AgentName,
                ["state"] = (int)TaskState.Pending,
                ["deliver_by"] = Field.Of(task.DeliverBy),
                ["seq"] = 0L,
            });
            InsertOpen(database, task.AgentId, jobKey, ordinal);
        }
    }

    /// <summary>Notes that a task has not ended.</summary>
    public static void InsertOpen(Database database, string agentId, long jobKey, int ordinal) =>
        database.Insert(Collections.OpenTasks, new BsonDocument { ["_id"] = OpenKey(agentId, jobKey, ordinal), ["job"] = jobKey });

    public static BsonDocument? FindDocument(Database database, long jobKey, int ordinal) => database.Find(Collections.Tasks, Key.Of(jobKey, ordinal));

    public static TaskRecord? Find(Database database, long jobKey, string jobId, int ordinal) =>
        FindDocument(database, jobKey, ordinal) is { } task ? Read(task, jobId) : null;

    public static IReadOnlyList<TaskRecord> List(Database database, long jobKey, string jobId, TaskQuery query) =>
    [
        .. database.Between(Collections.Tasks, "_id", Key.Of(jobKey, query.AfterOrdinal + 1L), Key.Of(jobKey, long.MaxValue))
            .Where(task => query.States is null or { Count: 0 } || query.States.Contains((TaskState)task["state"].AsInt32))
            .Take(query.Limit)
            .Select(task => Read(task, jobId)),
    ];

    public static IReadOnlyList<TaskRecord> ListOpen(Database database, long jobKey, string jobId) =>
    [
        .. database.Between(Collections.Tasks, "_id", Key.Of(jobKey, 0), Key.Of(jobKey, long.MaxValue))
            .Where(task => !TaskMoves.IsEnd((TaskState)task["state"].AsInt32))
            .Select(task => Read(task, jobId)),
    ];

    public static IReadOnlyList<TaskRecord> ListOpenOfAgent(Database database, string agentId)
    {
        var agent = Key.Hash(agentId);
        var open = database.Between(Collections.OpenTasks, "_id", Key.Of(agent, 0, 0), Key.Of(agent, long.MaxValue, long.MaxValue))
            .Select(task => (Job: task["job"].AsInt64, Ordinal: (int)Key.Last(task["_id"])))
            .ToList();
        return
        [
            .. open.Select(task => Find(database, task.Job, database.Find(Collections.Jobs, task.Job)!["job"].AsString, task.Ordinal)!),
        ];
    }

    /// <summary>Writes a task that a batch of entries changed.</summary>
    public static void Update(Database database, long jobKey, int ordinal, BsonDocument task)
    {
        database.Update(Collections.Tasks, task);
        if (TaskMoves.IsEnd((TaskState)task["state"].AsInt32))
            database.Delete(Collections.OpenTasks, OpenKey(task["agent"].AsString, jobKey, ordinal));
    }

    /// <summary>Deletes some of a job's tasks; returns how many, none at the end.</summary>
    public static int Delete(Database database, long jobKey, int limit)
    {
        var tasks = database.Between(Collections.Tasks, "_id", Key.Of(jobKey, 0), Key.Of(jobKey, long.MaxValue)).Take(limit).ToList();
        return database.Delete(Collections.Tasks, [.. tasks.Select(task => task["_id"])]);
    }

    /// <summary>The id of an open task.</summary>
    public static BsonValue OpenKey(string agentId, long jobKey, int ordinal) => Key.Of(Key.Hash(agentId), jobKey, ordinal);

    private static TaskRecord Read(BsonDocument task, string jobId) => new()
    {
        JobId = jobId,
        Ordinal = (int)Key.Last(task["_id"]),
        AgentId = task["agent"].AsString,
        AgentName = task["name"].AsString,
        State = (TaskState)task["state"].AsInt32,
        DeliverBy = task["deliver_by"].TimeOrNull(),
        DispatchedTo = task["to"].TextOrNull(),
        LastAgentSeq = task["seq"].AsInt64,
        StartedAt = task["started"].TimeOrNull(),
        EndedAt = task["ended"].TimeOrNull(),
        Reason = task["reason"].TextOrNull(),
        ExitCode = task["exit"].IntOrNull(),
        ResultBytes = task["result"].BytesOrNull(),
    };
}
