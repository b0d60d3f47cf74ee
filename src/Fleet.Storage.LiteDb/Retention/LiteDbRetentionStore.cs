namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbRetentionStore(LiteDbWriter writer, LiteDbReaders readers, TimeProvider time) : IRetentionStore
{
    // A slice ends after this time at the next piece, so that other writers never wait for long.
    private static readonly TimeSpan SliceBudget = TimeSpan.FromMilliseconds(15);

    private const int MarksAPiece = 100;

    public async Task<RetentionReport> SweepAsync(RetentionPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tally = new SweepTally();
        if (policy.MaxJobAge is { } jobAge)
            await SliceAsync(database => Marked(Purge.MarkOldJobs(database, now - jobAge, MarksAPiece)));
        if (policy.MaxOutputAge is { } outputAge)
            await SliceAsync(database => Marked(Purge.MarkOldLogs(database, now - outputAge, now, MarksAPiece)));
        if (policy.MaxOutputBytes is { } maxBytes)
            await SliceAsync(database => MarkBeyond(database, maxBytes, now));
        await SliceAsync(PurgeNext);
        return tally.ToReport();

        // Repeats a piece of work until it says that nothing is left, in slices of the writer's time. What they deleted is counted when it is
        // committed: a slice that shares its transaction with an operation that fails is executed twice.
        async Task SliceAsync(Func<Database, PurgePiece?> piece)
        {
            bool more;
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                var slice = await writer.ExecuteAsync(database => RunSlice(database, piece), cancellationToken);
                slice.AddTo(tally);
                more = slice.IsMore;
            }
            while (more);
        }
    }

    public Task<DateTimeOffset?> FindNewestAsync(CancellationToken cancellationToken) => readers.ReadAsync(FindNewest, cancellationToken);

    // Each of these collections is small, or asked by an index.
    private static DateTimeOffset? FindNewest(Database database)
    {
        List<DateTimeOffset?> times =
        [
            .. TokenDocuments.List(database).Select(token => (DateTimeOffset?)token.CreatedAt),
            .. new AgentDocuments(database).List(includeRemoved: true)
                .SelectMany(agent => new[] { agent.EnrolledAt, agent.LastConnectedAt, agent.LastDisconnectedAt }),
            .. new OperatorDocuments(database).List().Select(record => (DateTimeOffset?)record.CreatedAt),
            Newest("age")?.CreatedAt,
            Newest("finished_key")?.FinishedAt,
            FindingDocuments.Newest(database)?["received"].Time(),
        ];
        return times.Max();

        JobRecord? Newest(string index) => database
            .Between(Collections.Jobs, index, Key.Of(long.MinValue, long.MinValue), Key.Of(long.MaxValue, long.MaxValue), isDescending: true)
            .Select(JobDocuments.Read).FirstOrDefault();
    }

    private static PurgePiece? Marked(int count) => count == MarksAPiece ? default(PurgePiece) : null;

    private static PurgePiece? MarkBeyond(Database database, long limit, DateTimeOffset now) =>
        database.State.OutputBytes > limit && Purge.MarkOldestLog(database, now) > 0 ? default(PurgePiece) : null;

    private static PurgePiece? PurgeNext(Database database) => Purge.FindMarked(database) is { } job ? Purge.Run(database, job) : null;

    private Slice RunSlice(Database database, Func<Database, PurgePiece?> piece)
    {
        var begun = time.GetTimestamp();
        var pieces = new List<PurgePiece>();
        var spent = TimeSpan.Zero;
        var more = true;
        while (more && spent < SliceBudget)
        {
            var done = piece(database);
            more = done is not null;
            if (done is { } it)
                pieces.Add(it);
            spent = time.GetElapsedTime(begun);
        }

        return new Slice(pieces, spent, more);
    }

    private sealed record Slice(IReadOnlyList<PurgePiece> Pieces, TimeSpan Spent, bool IsMore)
    {
        public void AddTo(SweepTally tally)
        {
            tally.Slices++;
            tally.LongestSlice = Spent > tally.LongestSlice ? Spent : tally.LongestSlice;
            foreach (var piece in Pieces)
            {
                tally.EventsDeleted += piece.Events;
                tally.OutputBytesDeleted += piece.OutputBytes;
                tally.OutputsDropped += piece.Outputs;
                tally.TasksDeleted += piece.Tasks;
                tally.JobsDeleted += piece.Jobs;
            }
        }
    }
}
