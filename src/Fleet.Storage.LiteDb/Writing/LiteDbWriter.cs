namespace Fleet.Storage.LiteDb;

/// <summary>The writer of a LiteDB store.</summary>
/// <remarks>
/// LiteDB has no savepoints. What waits is executed in one transaction; where one operation fails after it has written something, all of it is
/// rolled back and each is executed by itself. So operations may be executed twice: they keep what they find out in their results alone.
/// </remarks>
internal sealed class LiteDbWriter : WriteQueue<Database>
{
    // From here on readers wait until the log is folded in: a log is read as a whole when the store is opened.
    private const int PatienceFactor = 4;
    private readonly StoreFile file;
    private readonly ReadGate gate;
    private readonly LiteDbStoreOptions options;
    private readonly HashSet<WriteOperation<Database>> failed = [];
    private Database database;

    public LiteDbWriter(StoreFile file, ReadGate gate, LiteDbStoreOptions options, TimeProvider time)
        : base(options.Path, options.Limits, time)
    {
        this.file = file;
        this.gate = gate;
        this.options = options;
        database = file.Use();
        Start();
    }

    protected override bool IsCheckpointOverdue => file.LogPages > options.MaxLogPages;

    /// <summary>Opens the file anew if LiteDB has given up on it.</summary>
    public Task RepairAsync(CancellationToken cancellationToken) => ExecuteAsync(_ => true, cancellationToken);

    protected override int Commit(IReadOnlyList<WriteOperation<Database>> batch)
    {
        failed.Clear();
        if (TryCommitTogether(batch))
            return 1;
        return batch.Where(operation => !failed.Contains(operation)).Count(TryCommitAlone);
    }

    protected override bool TryCheckpoint()
    {
        if (file.LogPages == 0 && !file.IsBroken)
            return true;
        if (file.LogPages > PatienceFactor * options.MaxLogPages)
            gate.Shut();
        else if (!gate.TryShut())
            return false;
        try
        {
            using var permit = CheckpointLock.TryTake(options.Path);
            return permit is not null && file.TryCheckpoint();
        }
        finally
        {
            gate.Open();
        }
    }

    protected override void Close()
    {
        var isFolded = TryCheckpoint() && file.LogPages == 0;
        file.Dispose();
        // A store that was closed is one file.
        if (isFolded)
            TryDeleteLog();
    }

    // False where each is to be executed by itself.
    private bool TryCommitTogether(IReadOnlyList<WriteOperation<Database>> batch)
    {
        Begin();
        try
        {
            for (var next = 0; next < batch.Count;)
            {
                var end = EndOfRun(batch, next);
                if (!TryExecute([.. batch.Skip(next).Take(end - next)]))
                {
                    TryRollBack();
                    return false;
                }

                next = end;
            }
        }
        catch
        {
            TryRollBack();
            throw;
        }

        CommitTransaction();
        return true;
    }

    private bool TryExecute(List<WriteOperation<Database>> run)
    {
        var before = database.Writes;
        try
        {
            if (run.Count > 1)
                run[0].ExecuteTogether(database, run);
            else
                run[0].Execute(database);
            return true;
        }
        catch (Exception e) when (LiteDbFault.EndsEngine(e))
        {
            throw file.Fault(e);
        }
        catch (Exception e) when (run.Count == 1 && database.Writes == before)
        {
            // It has written nothing, and fails without its neighbors.
            Fail(run[0], e);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private bool TryCommitAlone(WriteOperation<Database> operation)
    {
        try
        {
            Begin();
            try
            {
                operation.Execute(database);
            }
            catch
            {
                TryRollBack();
                throw;
            }

            CommitTransaction();
            return true;
        }
        catch (Exception e)
        {
            Fail(operation, e);
            return false;
        }
    }

    private void Begin()
    {
        if (file.IsBroken)
            Repair();
        try
        {
            database.Begin();
        }
        catch (Exception e)
        {
            throw file.Fault(e);
        }
    }

    private void CommitTransaction()
    {
        try
        {
            database.Commit();
        }
        catch (Exception e)
        {
            // Whatever the reason, LiteDB keeps no account of a commit that was left halfway.
            file.Break();
            throw LiteDbFault.From(e, options.Path);
        }
    }

    // A caller's mistake is told as it is; what LiteDB and the disk say is made plain.
    private void Fail(WriteOperation<Database> operation, Exception exception)
    {
        failed.Add(operation);
        operation.Fail(exception.GetType() == typeof(ArgumentException) || exception is InvalidOperationException or StoreException
            ? exception
            : file.Fault(exception));
    }

    private void Repair()
    {
        gate.Shut();
        try
        {
            file.Reopen();
            database = file.Use();
        }
        catch (Exception e)
        {
            throw LiteDbFault.From(e, options.Path);
        }
        finally
        {
            gate.Open();
        }
    }

    private void TryRollBack()
    {
        try
        {
            database.RollBack();
        }
        catch (Exception)
        {
            // The disk is failing, or LiteDB has closed itself; the callers are told the first reason.
            file.Break();
        }
    }

    private void TryDeleteLog()
    {
        try
        {
            File.Delete(options.LogPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty log is none as well.
        }
    }
}
