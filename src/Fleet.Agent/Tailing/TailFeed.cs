using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tailing;

/// <summary>The tails of one link: they begin by its orders, speak through its writer, and end with it.</summary>
/// <remarks>Ordered by the link's reader, emptied by its writer.</remarks>
internal sealed partial class TailFeed(string bootId, TimeProvider time, Action wakeUp, ILogger log) : IAsyncDisposable
{
    private const int MostTails = 8;

    // More orders than anybody gives; those behind them get no answer, which ends them too.
    private const int MostRefusals = 64;

    private readonly Lock _gate = new();
    private readonly List<RunningTail> _running = [];
    private readonly List<TailOutput> _refused = [];
    private readonly List<Task> _ending = [];
    private int _turn;

    /// <summary>Follows logs; the same order twice is one.</summary>
    public void Start(StartTail start)
    {
        if (!TailOrderReader.IsId(start.TailId))
            return;
        var order = TailOrderReader.Read(start.Order, out var fault);
        lock (_gate)
        {
            if (_running.Exists(tail => tail.Id == start.TailId))
                return;
            if (_running.Count >= MostTails)
                fault = $"this host is followed {MostTails} times already";
            if (order is null || fault.Length > 0)
                Refuse_NeedsLock(start.TailId, fault);
            else
                _running.Add(new RunningTail(start.TailId, order, bootId, time, wakeUp, log));
        }

        if (fault.Length > 0)
            LogRefused(start.TailId, fault);
        else
            LogStarted(start.TailId, order!.Sources.Count);
        wakeUp();
    }

    /// <summary>So many more bytes may be sent.</summary>
    public void Grant(TailCredit credit)
    {
        lock (_gate)
            _running.Find(tail => tail.Id == credit.TailId)?.Grant(credit.Bytes);
        wakeUp();
    }

    /// <summary>Ends a tail.</summary>
    public void Stop(StopTail stop)
    {
        lock (_gate)
        {
            if (_running.Find(tail => tail.Id == stop.TailId) is { } tail)
                End_NeedsLock(tail);
        }
    }

    /// <summary>The next message of a tail, of another one each time; null where there is none.</summary>
    public AgentMessage? TryTake()
    {
        lock (_gate)
        {
            if (_refused.Count > 0)
            {
                var refusal = _refused[0];
                _refused.RemoveAt(0);
                return new AgentMessage { TailOutput = refusal };
            }

            for (var i = 0; i < _running.Count; i++)
            {
                var tail = _running[(i + _turn) % _running.Count];
                if (tail.TryTake() is not { } output)
                    continue;
                _turn += i + 1;
                if (output.Ended.Length > 0)
                    End_NeedsLock(tail);
                return new AgentMessage { TailOutput = output };
            }

            return null;
        }
    }

    /// <summary>Ends all tails.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Task> ending;
        lock (_gate)
        {
            while (_running.Count > 0)
                End_NeedsLock(_running[^1]);
            ending = [.. _ending];
        }

        await Task.WhenAll(ending);
    }

    private void Refuse_NeedsLock(string tailId, string fault)
    {
        if (_refused.Count < MostRefusals)
            _refused.Add(new TailOutput { TailId = tailId, Ended = fault });
    }

    private void End_NeedsLock(RunningTail tail)
    {
        _running.Remove(tail);
        _ending.RemoveAll(task => task.IsCompleted);
        _ending.Add(tail.DisposeAsync().AsTask());
        LogEnded(tail.Id, tail.Outbox.LeftOut);
    }

    [LoggerMessage(6710, LogLevel.Information, "Tail {Tail} started: {Sources} sources are followed")]
    private partial void LogStarted(string tail, int sources);

    [LoggerMessage(6711, LogLevel.Warning, "Tail {Tail} was refused: {Reason}")]
    private partial void LogRefused(string tail, string reason);

    [LoggerMessage(6712, LogLevel.Information, "Tail {Tail} ended; {Dropped} lines were dropped because it was read too slowly")]
    private partial void LogEnded(string tail, ulong dropped);
}
