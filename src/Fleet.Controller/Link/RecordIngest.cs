using System.Threading.Channels;
using Fleet.Controller.Dispatch;
using Fleet.Hosting.Settings;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Link;

/// <summary>Carries the records of all agents into the store: one pipe, many records a commit, acknowledged only after it.</summary>
internal sealed partial class RecordIngest
{
    private const int QueueLength = 4096;
    private const int EntriesPerCommit = 8192;
    private const int BytesPerCommit = 4 << 20;

    // Full: the session waits and stops reading its stream. Job output is never dropped here.
    private readonly Channel<RecordBatch> _queue = Channel.CreateBounded<RecordBatch>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly ITaskEventStore _store;
    private readonly Dispatcher _dispatcher;
    private readonly JobSignals _signals;
    private readonly ByteBudget _budget;
    private readonly ILogger<RecordIngest> _log;

    public RecordIngest(
        IFleetStore store, Dispatcher dispatcher, JobSignals signals, Reloadable<LinkOptions> options, ILogger<RecordIngest> log)
    {
        _store = store.Events;
        _dispatcher = dispatcher;
        _signals = signals;
        _budget = new ByteBudget(options.Value.MaxPendingBytes);
        _log = log;
    }

    /// <summary>Takes records in; returns once they are queued. Waits while all agents together have too much under way.</summary>
    public async ValueTask EnqueueAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        await _budget.TakeAsync(batch.Bytes, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(batch, cancellationToken);
        }
        catch
        {
            _budget.Release(batch.Bytes);
            throw;
        }
    }

    /// <summary>The loop. Ends when the token says so; what is not stored then is not acknowledged, and the agents send it again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batches = new List<RecordBatch>();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(cancellationToken))
            {
                Collect(batches);
                await StoreAsync(batches, cancellationToken);
                foreach (var batch in batches)
                {
                    batch.Session.RecordsSettled(batch.Bytes);
                    _budget.Release(batch.Bytes);
                }

                batches.Clear();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or DispatchStoppedException && cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            _queue.Writer.TryComplete();
        }
    }

    private void Collect(List<RecordBatch> batches)
    {
        var (entries, bytes) = (0, 0);
        while (entries < EntriesPerCommit && bytes < BytesPerCommit && _queue.Reader.TryRead(out var batch))
        {
            batches.Add(batch);
            entries += batch.Entries.Count;
            bytes += batch.Bytes;
        }
    }

    private async Task StoreAsync(List<RecordBatch> batches, CancellationToken cancellationToken)
    {
        AppendResult result;
        try
        {
            result = await _store.AppendAsync([.. batches.SelectMany(static batch => batch.Entries)], cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Not stored, so not acknowledged: the agents come back with a hello and send it all again.
            LogStoreFailed(_log, e);
            foreach (var batch in batches)
                batch.Session.StoreFailed();
            return;
        }

        // Dispatch hears first: an agent that is told to forget a task, and then says hello without it, must find it ended there.
        await _dispatcher.ProgressAsync(Progress(batches, result.Entries), cancellationToken);
        // Watchers before agents: an acknowledgement is in nobody's way, but a thousand of them would stand in the watchers'.
        foreach (var job in result.Jobs)
            _signals.Pulse(job.JobId);
        await AnswerAsync(batches, result.Entries, cancellationToken);
    }

    private static List<TaskProgress> Progress(List<RecordBatch> batches, IReadOnlyList<EntryOutcome> outcomes)
    {
        var progress = new List<TaskProgress>();
        var i = 0;
        foreach (var batch in batches)
        {
            for (var entry = 0; entry < batch.Entries.Count; entry++, i++)
            {
                // The last record of each run of records of one task says it all.
                if (!IsLastOfRun(batch, entry) || outcomes[i].Status == EntryStatus.UnknownTask)
                    continue;
                var about = batch.Entries[entry];
                progress.Add(new TaskProgress(about.JobId, about.Ordinal, outcomes[i].State, outcomes[i].LastAgentSeq));
            }
        }

        return progress;
    }

    private async Task AnswerAsync(List<RecordBatch> batches, IReadOnlyList<EntryOutcome> outcomes, CancellationToken cancellationToken)
    {
        // Given up together, in few turns of dispatch: an agent with many bad tasks must not hold up the others.
        var givingUp = new List<Task>();
        var i = 0;
        foreach (var batch in batches)
        {
            UnfitRecord? unfit = null;
            for (var entry = 0; entry < batch.Entries.Count; entry++, i++)
            {
                // The first refusal of a run says why; what follows it only leaves a gap.
                unfit ??= UnfitOf(batch.Entries[entry], outcomes[i]);
                if (!IsLastOfRun(batch, entry))
                    continue;
                if (unfit is null)
                    batch.Session.RecordsAnswered(batch.TaskIds[entry], batch.Entries[entry], outcomes[i], batch.Bytes);
                else
                    givingUp.Add(GiveUpAsync(batch.Session, unfit, batch.Entries[entry].AgentSeq!.Value, cancellationToken));
                unfit = null;
            }

            foreach (var malformed in batch.Unfit ?? [])
                givingUp.Add(GiveUpAsync(batch.Session, malformed, malformed.Seq, cancellationToken));
        }

        await Task.WhenAll(givingUp);
    }

    private static UnfitRecord? UnfitOf(TaskEntry entry, EntryOutcome outcome) => outcome.Status switch
    {
        EntryStatus.Gap => new UnfitRecord(
            entry.JobId, entry.Ordinal, entry.AgentSeq!.Value, $"it does not follow record {outcome.LastAgentSeq}, the last one stored", UnfitKind.Gap),
        EntryStatus.IllegalMove => new UnfitRecord(
            entry.JobId, entry.Ordinal, entry.AgentSeq!.Value, $"a task that is {outcome.State} cannot become {entry.Move!.To}", UnfitKind.ForEver),
        _ => null,
    };

    // Its end is durable before the agent is told to forget the task: it would be handed over anew otherwise.
    private async Task GiveUpAsync(AgentSession session, UnfitRecord record, long upTo, CancellationToken cancellationToken)
    {
        var taskId = $"{record.JobId}.{record.Ordinal}";
        try
        {
            if (await _dispatcher.GiveUpAsync(record, cancellationToken))
                session.Abandon(taskId, upTo, hasEnded: false);
            else if (record.Kind == UnfitKind.Gap)
                session.End(LinkEnd.Fault(StatusCode.FailedPrecondition, $"record {record.Seq} of task {taskId}: {record.Fault}"));
            else
                session.StoreFailed();
        }
        catch (Exception e) when (e is not (OperationCanceledException or DispatchStoppedException))
        {
            LogStoreFailed(_log, e);
            session.StoreFailed();
        }
    }

    private static bool IsLastOfRun(RecordBatch batch, int entry) =>
        entry == batch.Entries.Count - 1 || batch.TaskIds[entry + 1] != batch.TaskIds[entry];

    [LoggerMessage(3500, LogLevel.Error, "Records of agents could not be stored; their connections are closed and they resend them")]
    private static partial void LogStoreFailed(ILogger log, Exception error);
}
