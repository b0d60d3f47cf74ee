using Fleet.Protocol.V1;

namespace Fleet.Agent.Journal;

/// <summary>
/// The records of one task that were written last and not yet sent: what is still at hand need not be read back. A run
/// without a gap; all tasks together keep no more than the budget.
/// </summary>
/// <remarks>Guarded by its log's lock.</remarks>
internal sealed class FreshRecords(FreshBudget budget)
{
    private readonly Queue<(TaskRecord Record, long EndOffset, int Bytes)> _run = new();
    private ulong _lastSeq;

    /// <summary>Keeps a record, where that continues the run and fits the budget.</summary>
    public void Offer(TaskRecord record, long endOffset, int bytes)
    {
        var isNext = _run.Count == 0 || record.Seq == _lastSeq + 1;
        if (!isNext || !budget.TryTake(bytes))
            return;
        _run.Enqueue((record, endOffset, bytes));
        _lastSeq = record.Seq;
    }

    /// <summary>Takes records that follow directly behind a position; 0 bytes where there are none.</summary>
    public int Take(ref LogPosition position, int wantedBytes, ICollection<TaskRecord> into)
    {
        var total = 0;
        while (total < wantedBytes && _run.TryPeek(out var next) && next.Record.Seq <= position.Seq + 1)
        {
            _run.Dequeue();
            budget.Return(next.Bytes);
            if (next.Record.Seq <= position.Seq)
                continue;
            into.Add(next.Record);
            total += next.Bytes;
            position = new LogPosition(next.EndOffset, next.Record.Seq);
        }

        return total;
    }

    /// <summary>Lets go of all.</summary>
    public void Clear()
    {
        while (_run.TryDequeue(out var record))
            budget.Return(record.Bytes);
    }
}

/// <summary>Bounds what all tasks together keep in memory. For all threads.</summary>
internal sealed class FreshBudget
{
    private const int MostBytes = 512 * 1024;
    private int _bytes;
    private bool _isOpen;

    /// <summary>Whether anything is kept: only while there is a link that will take it.</summary>
    public bool IsOpen
    {
        get => Volatile.Read(ref _isOpen);
        set => Volatile.Write(ref _isOpen, value);
    }

    /// <summary>Takes so much of the budget; false where it is not to be had.</summary>
    public bool TryTake(int bytes)
    {
        if (!IsOpen)
            return false;
        if (Interlocked.Add(ref _bytes, bytes) <= MostBytes)
            return true;
        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Gives it back.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _bytes, -bytes);
}
