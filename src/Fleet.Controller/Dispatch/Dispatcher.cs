using System.Collections.Concurrent;
using System.Threading.Channels;
using Fleet.Controller.Registry;
using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>Runs every open job: one loop owns all their state, takes what happens in order, decides, stores, and only then acts.</summary>
/// <remarks>
/// A turn of the loop takes everything that has queued up, so that many events share one commit. Nothing is sent to an agent, and
/// nobody is answered, before the store has it.
/// </remarks>
internal sealed partial class Dispatcher
{
    private const int QueueLength = 8192;
    private const int EventsPerTurn = 2048;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    // Full: whoever posts waits. Nothing may be lost here, and the loop always drains.
    private readonly Channel<DispatchEvent> _events = Channel.CreateBounded<DispatchEvent>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true });
    // Grows by one for each agent that is removed or held, and every turn empties it.
    private readonly ConcurrentQueue<DispatchEvent> _ofAgents = new();
    private readonly DispatchCycle _turn;
    private readonly TimeProvider _time;
    private readonly ILogger<Dispatcher> _log;

    public Dispatcher(DispatchCycle turn, TimeProvider time, ILogger<Dispatcher> log)
    {
        _turn = turn;
        _time = time;
        _log = log;
    }

    /// <summary>Stores a job, with everything that can go at once already marked as sent; returns once that is durable.</summary>
    public async Task<JobCreation> CreateAsync(JobPlan plan, NewJob job, CancellationToken cancellationToken)
    {
        var reply = NewReply<JobCreation>();
        await PostAsync(new DispatchEvent.Create(plan, job, reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Records that somebody wants a job cancelled, and ends its pending tasks; returns once both are durable.</summary>
    public async Task<CancelRequest> CancelAsync(string jobId, string by, CancellationToken cancellationToken)
    {
        var reply = NewReply<CancelRequest>();
        await PostAsync(new DispatchEvent.Cancel(jobId, by, reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes in a new link and says where its agent's logs carry on. Whatever is posted to the link follows that answer.</summary>
    public async Task<Reconciliation> LinkUpAsync(
        string agentId, IAgentLink link, string incarnation, IReadOnlyList<HeldTaskReport> held, CancellationToken cancellationToken)
    {
        var reply = NewReply<Reconciliation>();
        await PostAsync(new DispatchEvent.LinkUp(agentId, link, incarnation, held, reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes note that a link has ended.</summary>
    public ValueTask LinkDownAsync(string agentId, IAgentLink link, CancellationToken cancellationToken) =>
        PostAsync(new DispatchEvent.LinkDown(agentId, link, _time.GetUtcNow()), cancellationToken);

    /// <summary>Takes note of records that are stored.</summary>
    public ValueTask ProgressAsync(IReadOnlyList<TaskProgress> tasks, CancellationToken cancellationToken) =>
        PostAsync(new DispatchEvent.Progress(tasks), cancellationToken);

    /// <summary>Gives a task up whose log cannot go on; returns once its end is durable.</summary>
    /// <returns>False where the task may yet go on: its log does after the next link, or its end could not be stored.</returns>
    public async Task<bool> GiveUpAsync(UnfitRecord record, CancellationToken cancellationToken)
    {
        var reply = NewReply<bool>();
        await PostAsync(new DispatchEvent.Unfit(record, reply), cancellationToken);
        return await reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the open tasks of an agent that was removed. Does not wait.</summary>
    public void AgentRemoved(string agentId) => Note(new DispatchEvent.AgentRemoved(agentId));

    /// <summary>Lets new tasks of an agent wait from then on, or (null) go out again. Does not wait.</summary>
    public void Hold(string agentId, DateTimeOffset? since) => Note(new DispatchEvent.Hold(agentId, since));

    private void Note(DispatchEvent ofAgent)
    {
        _ofAgents.Enqueue(ofAgent);
        // A full queue means that the loop is about to take a turn anyway.
        _events.Writer.TryWrite(DispatchEvent.Tick.Instance);
    }

    /// <summary>The loop. Ends when the token says so; call it once, after <see cref="DispatchCycle.Recover"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = _time.CreateTimer(
            static state => ((ChannelWriter<DispatchEvent>)state!).TryWrite(DispatchEvent.Tick.Instance),
            _events.Writer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var batch = new List<DispatchEvent>();
        try
        {
            batch.Add(DispatchEvent.Tick.Instance);
            do
            {
                while (batch.Count < EventsPerTurn && _events.Reader.TryRead(out var next))
                    batch.Add(next);
                while (_ofAgents.TryDequeue(out var ofAgent))
                    batch.Add(ofAgent);
                await TakeTurnAsync(batch, cancellationToken);
                batch.Clear();
                SetTimer(timer);
            }
            while (await _events.Reader.WaitToReadAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            _events.Writer.TryComplete();
            Refuse(batch);
            while (_events.Reader.TryRead(out var left))
                Refuse([left]);
        }
    }

    private async ValueTask PostAsync(DispatchEvent posted, CancellationToken cancellationToken)
    {
        try
        {
            await _events.Writer.WriteAsync(posted, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new DispatchStoppedException();
        }
    }

    private async Task TakeTurnAsync(List<DispatchEvent> batch, CancellationToken cancellationToken)
    {
        try
        {
            await _turn.RunAsync(batch, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A fault of ours. Callers hear of it; the state is still what the store has said so far, and the loop goes on.
            LogTurnFailed(_log, e);
            Refuse(batch, e);
        }
    }

    private void SetTimer(ITimer timer)
    {
        var now = _time.GetUtcNow();
        var wakeAt = _turn.WakeAt;
        var wait = wakeAt <= now ? TimeSpan.FromMilliseconds(1) : wakeAt - now;
        timer.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
    }

    // Nobody waits for ever on a loop that has ended.
    private static void Refuse(IEnumerable<DispatchEvent> events, Exception? cause = null)
    {
        var error = cause ?? new DispatchStoppedException();
        foreach (var taken in events)
        {
            _ = taken switch
            {
                DispatchEvent.Create create => create.Reply.TrySetException(error),
                DispatchEvent.Cancel cancel => cancel.Reply.TrySetException(error),
                DispatchEvent.LinkUp up => up.Reply.TrySetException(error),
                DispatchEvent.Unfit unfit => unfit.Reply.TrySetException(error),
                _ => false,
            };
        }
    }

    private static TaskCompletionSource<T> NewReply<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(4000, LogLevel.Error, "A dispatch cycle failed; its work is retried")]
    private static partial void LogTurnFailed(ILogger log, Exception error);
}
