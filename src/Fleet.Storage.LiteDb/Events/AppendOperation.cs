namespace Fleet.Storage.LiteDb;

/// <summary>Appends the entries of one caller; those of neighbors in the queue are applied together with them.</summary>
/// <remarks>Each task and each job is then written once. Entries are refused by value and do not throw, so that neighbors cannot harm one another.</remarks>
internal sealed class AppendOperation(IReadOnlyList<TaskEntry> entries, int bytes, TimeProvider time)
    : WriteOperation<Database, AppendResult>(bytes)
{
    private IReadOnlyList<TaskEntry> Entries => entries;

    public override void Execute(Database connection) => ExecuteTogether(connection, [this]);

    public override bool Joins(WriteOperation<Database> before) => before is AppendOperation;

    public override void ExecuteTogether(Database connection, IReadOnlyList<WriteOperation<Database>> run)
    {
        var batch = new EntryBatch(connection, time.GetUtcNow());
        var shares = run.Cast<AppendOperation>().Select(operation => (Operation: operation, Share: batch.Add(operation.Entries))).ToList();
        batch.Write();
        foreach (var (operation, share) in shares)
            operation.Result = share.ToResult();
    }
}
