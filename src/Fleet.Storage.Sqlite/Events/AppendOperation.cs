namespace Fleet.Storage.Sqlite;

/// <summary>Appends the entries of one caller; those of neighbours in the queue are applied together with them.</summary>
/// <remarks>
/// When a thousand agents report one record each, this costs less than half of what they cost one by one, because each task and
/// each job's counts are written once. Entries are refused by value and do not throw, so that neighbours cannot harm one another.
/// </remarks>
internal sealed class AppendOperation(IReadOnlyList<TaskEntry> entries, int bytes, TimeProvider time)
    : WriteOperation<Connection, AppendResult>(bytes)
{
    private IReadOnlyList<TaskEntry> Entries => entries;

    public override void Execute(Connection connection) => ExecuteTogether(connection, [this]);

    public override bool Joins(WriteOperation<Connection> before) => before is AppendOperation;

    public override void ExecuteTogether(Connection connection, IReadOnlyList<WriteOperation<Connection>> run)
    {
        var batch = new EntryBatch(connection, time.GetUtcNow());
        var shares = new List<EntryShare>(run.Count);
        foreach (var operation in run.Cast<AppendOperation>())
            shares.Add(batch.Add(operation.Entries));
        batch.Write();
        foreach (var (operation, share) in run.Cast<AppendOperation>().Zip(shares))
            operation.Result = share.ToResult();
    }
}
