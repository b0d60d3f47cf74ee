namespace Fleet.Storage.Sqlite;

/// <summary>The writer of a SQLite store: each operation has a savepoint of its own within the shared transaction.</summary>
internal sealed class Writer : WriteQueue<Connection>
{
    private readonly Connection connection;

    public Writer(Connection connection, SqliteStoreOptions options, TimeProvider time)
        : base(connection.Path, options.Limits, time)
    {
        this.connection = connection;
        Start();
    }

    protected override int Commit(IReadOnlyList<WriteOperation<Connection>> batch)
    {
        try
        {
            connection.Execute("BEGIN IMMEDIATE");
            for (var next = 0; next < batch.Count;)
                next = ExecuteRun(batch, next);
            connection.Execute("COMMIT");
            return 1;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    protected override bool TryCheckpoint() => connection.TryCheckpoint();

    protected override void Close() => connection.Dispose();

    // Executes the operation and those after it that join it; returns where to go on.
    private int ExecuteRun(IReadOnlyList<WriteOperation<Connection>> batch, int first)
    {
        var end = EndOfRun(batch, first);
        if (end - first > 1 && TryTogether([.. batch.Skip(first).Take(end - first)]))
            return end;
        for (var i = first; i < end; i++)
            ExecuteAlone(batch[i]);
        return end;
    }

    private bool TryTogether(List<WriteOperation<Connection>> run)
    {
        connection.Execute("SAVEPOINT run");
        try
        {
            run[0].ExecuteTogether(connection, run);
        }
        catch (Exception) when (connection.InTransaction)
        {
            // One of them is at fault; by themselves, they show which, and the others succeed.
            connection.Execute("ROLLBACK TO run");
            connection.Execute("RELEASE run");
            return false;
        }

        connection.Execute("RELEASE run");
        return true;
    }

    private void ExecuteAlone(WriteOperation<Connection> operation)
    {
        connection.Execute("SAVEPOINT operation");
        try
        {
            operation.Execute(connection);
        }
        catch (Exception e) when (connection.InTransaction)
        {
            // Fails without its neighbors. (If SQLite has given up the transaction, all of them fail, in Commit.)
            connection.Execute("ROLLBACK TO operation");
            operation.Fail(e);
        }

        connection.Execute("RELEASE operation");
    }

    private void RollBack()
    {
        try
        {
            if (connection.InTransaction)
                connection.Execute("ROLLBACK");
        }
        catch (StoreException)
        {
            // The disk is failing; the callers are told the first reason.
        }
    }
}
