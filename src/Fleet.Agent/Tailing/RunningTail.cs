using Fleet.Agent.Scanning.Watching;
using Fleet.LogSearch.Priority;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tailing;

/// <summary>A tail at work: the thread that reads, and what it has to say.</summary>
internal sealed partial class RunningTail : IAsyncDisposable
{
    // Lines of a log that is written to without end are taken a few at a time.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly ILogger _log;
    private readonly Action _hasNews;
    private readonly WakeableWait _wait = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Starts to follow.</summary>
    /// <param name="id">Names the tail.</param>
    /// <param name="order">What is followed.</param>
    /// <param name="bootId">This boot of the host.</param>
    /// <param name="time">The clock.</param>
    /// <param name="hasNews">Told, by any thread, when there may be something to send.</param>
    /// <param name="log">Where reports go.</param>
    public RunningTail(string id, CheckedTail order, string bootId, TimeProvider time, Action hasNews, ILogger log)
    {
        (Id, _hasNews, _log) = (id, hasNews, log);
        Outbox = new TailOutbox(id);
        var reader = new TailReader(order, Outbox, bootId, time) { LeavesOut = () => LogLeavesOut(id) };
        // Of low priority on the processor, but not on the disk: somebody waits for it.
        _running = new WorkPriority(IdleDisk: false).RunAsync(() => Run(reader));
    }

    /// <summary>Its name.</summary>
    public string Id { get; }

    /// <summary>What it has to say.</summary>
    public TailOutbox Outbox { get; }

    /// <summary>The next message; null where there is none.</summary>
    public TailOutput? TryTake()
    {
        var output = Outbox.TryTake();
        if (output is not null)
            _wait.Wake();
        return output;
    }

    /// <summary>So many more bytes may be sent.</summary>
    public void Grant(ulong bytes)
    {
        Outbox.Grant(bytes);
        _wait.Wake();
    }

    /// <summary>Stops the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _wait.Wake();
        await _running;
        _wait.Dispose();
        _stop.Dispose();
    }

    private bool Run(TailReader reader)
    {
        try
        {
            using (reader)
                Follow(reader);
        }
        catch (Exception e)
        {
            LogFailed(Id, e);
            Outbox.End("the agent failed to follow it; its log says how");
        }

        _hasNews();
        return true;
    }

    private void Follow(TailReader reader)
    {
        while (!_stop.IsCancellationRequested && !reader.IsOver)
        {
            reader.Pass(_stop.Token);
            _hasNews();
            var (wait, listens) = reader.Rest();
            if (wait == TimeSpan.Zero)
                continue;
            if (listens)
                _wait.Sleep(s_pause, -1);
            if (!_stop.IsCancellationRequested)
                _wait.Sleep(wait, listens ? reader.WatchNumber : -1);
        }
    }

    [LoggerMessage(6700, LogLevel.Information, "Tail {Tail}: its reader is too slow; lines are dropped and counted until it has caught up")]
    private partial void LogLeavesOut(string tail);

    [LoggerMessage(6701, LogLevel.Error, "Tail {Tail} failed")]
    private partial void LogFailed(string tail, Exception e);
}
