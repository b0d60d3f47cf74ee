using Fleet.LogSearch.Scans;

namespace Fleet.Agent.Tailing;

/// <summary>Reads on in a tail's logs, a pass at a time, as fast as the tail's reader takes it. It has no thread of its own.</summary>
/// <remarks>One thread.</remarks>
internal sealed class TailReader : IDisposable
{
    // Where the last wanted lines are looked for, of all logs together.
    private const int LookBackLines = 20_000;
    private const int MostReasons = 5;

    private static readonly TimeSpan s_recheck = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(2);

    // Between two files of a rotation there is none for a moment.
    private static readonly TimeSpan s_faultStands = TimeSpan.FromSeconds(1);

    private readonly CheckedTail _order;
    private readonly TailOutbox _outbox;
    private readonly TimeProvider _time;
    private readonly TailSources _sources;
    private readonly TailWatch _watch = new();
    private readonly TailPace _pace;
    private readonly TailSink _sink;
    private long _expandedAt;
    private bool _isHeld;
    private bool _hasLooked;
    private bool _isCounting;
    private int _turn;

    /// <param name="order">What is followed.</param>
    /// <param name="outbox">Where it goes.</param>
    /// <param name="bootId">This boot of the host.</param>
    /// <param name="time">The clock.</param>
    public TailReader(CheckedTail order, TailOutbox outbox, string bootId, TimeProvider time)
    {
        (_order, _outbox, _time) = (order, outbox, time);
        _sources = new TailSources(order, bootId, time);
        _pace = new TailPace(time);
        _sink = new TailSink(outbox);
    }

    /// <summary>Whether it has ended by itself: there is nothing to be followed.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Told when the reader is found too slow to be waited for, and lines are left out from then on.</summary>
    public Action? LeavesOut { get; init; }

    /// <summary>Ends a rest when something happens to the logs; -1 for none.</summary>
    public int WatchNumber => _watch.Number;

    /// <summary>Looks for what there is, and hands on what is new.</summary>
    public void Pass(CancellationToken cancel)
    {
        if (_watch.Drain() || !_hasLooked || _time.GetElapsedTime(_expandedAt) >= s_sweep)
            Look();
        var move = _pace.Next(_outbox.HasRoom, IsCaughtUp());
        if (move == TailMove.Count && !_isCounting)
            LeavesOut?.Invoke();
        (_isHeld, _isCounting) = (move == TailMove.Hold, move == TailMove.Count);
        _outbox.SetCounting(_isCounting);
        if (_isHeld)
            return;
        var logs = _sources.Logs;
        for (var i = 0; i < logs.Count && !cancel.IsCancellationRequested; i++)
        {
            Step(logs[(i + _turn) % logs.Count], cancel);
            // The others have their turn when there is room again.
            if (!_isCounting && _hasLooked && !_outbox.HasRoom)
                break;
        }

        _turn++;
        Tell();
        if (!_hasLooked)
            _outbox.Begin();
        _hasLooked = true;
    }

    /// <summary>How long there is nothing to do unless something happens, and whether what happens to files matters meanwhile.</summary>
    public (TimeSpan Wait, bool ListensToFiles) Rest()
    {
        if (_isHeld)
            return (s_recheck, false);
        var wait = _sources.HasKernel ? s_recheck : s_sweep;
        foreach (var log in _sources.Logs)
        {
            if (log.State == FollowState.More)
                return (TimeSpan.Zero, false);
            if (log.State == FollowState.Waiting)
                wait = s_recheck;
        }

        return (wait, true);
    }

    public void Dispose()
    {
        _sources.Dispose();
        _watch.Dispose();
    }

    private void Look()
    {
        // Before they are read: what is written from here on is told.
        _sources.Expand(name => _outbox.Note(name, "is gone"));
        _watch.Watch(_sources.Logs);
        _expandedAt = _time.GetTimestamp();
    }

    private bool IsCaughtUp()
    {
        foreach (var log in _sources.Logs)
        {
            if (log.State == FollowState.More)
                return false;
        }

        return true;
    }

    private void Step(TailLog log, CancellationToken cancel)
    {
        var fault = "";
        try
        {
            log.Mark ??= Begin(log);
            _sink.Begin(log, _isCounting);
            var step = log.Follower.Read(log.Mark, _sink, cancel);
            (log.Mark, log.State, fault) = (step.Next, step.State, step.Fault);
        }
        catch (LogMovedException)
        {
            log.State = FollowState.Waiting;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            log.State = FollowState.CaughtUp;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            (log.State, fault) = (FollowState.CaughtUp, e.Message.Length > 0 ? e.Message : "cannot be read");
        }

        log.SetFault(fault, _time.GetTimestamp());
        if (log.State == FollowState.More || log.History is null)
            return;
        log.History.MoveTo(_outbox, log.Source);
        log.History = null;
    }

    private LogMark Begin(TailLog log)
    {
        var query = _order.Query;
        var isFiltered = query.Patterns.Count + query.Not.Count + query.JsonFields.Count > 0 || HasFields();
        if (_order.LastLines == 0 || !isFiltered || _isCounting)
            return log.Follower.Begin(_order.LastLines);
        var mark = log.Follower.Begin(Math.Max(_order.LastLines, LookBackLines / _sources.Logs.Count));
        log.History = new TailHistory(_order.LastLines);
        return mark;
    }

    private bool HasFields()
    {
        foreach (var source in _order.Sources)
        {
            if (source.Journal is { Fields.Count: > 0 })
                return true;
        }

        return false;
    }

    /// <summary>Says what cannot be read, once it stands; where that is all, the tail is over.</summary>
    private void Tell()
    {
        if (!_hasLooked && IsHopeless(out var reason))
        {
            _outbox.End(reason);
            IsOver = true;
            return;
        }

        foreach (var source in _sources.All)
        {
            if (source.Fault.Length > 0 && source.Fault != source.ToldFault)
                _outbox.Note(source.Name, source.Fault);
            source.ToldFault = source.Fault;
        }

        foreach (var log in _sources.Logs)
        {
            if (log.Fault == log.ToldFault || (log.Fault.Length > 0 && _hasLooked && _time.GetElapsedTime(log.FaultSince) < s_faultStands))
                continue;
            _outbox.Note(log.Source, log.Fault.Length > 0 ? log.Fault : "can be read again");
            log.ToldFault = log.Fault;
        }
    }

    private bool IsHopeless(out string reason)
    {
        var reasons = new List<string>();
        foreach (var source in _sources.All)
        {
            if (source.Logs.Count == 0)
                reasons.Add(source.Fault);
        }

        foreach (var log in _sources.Logs)
        {
            if (log.IsHopeless && reasons.Count < MostReasons)
                reasons.Add($"{log.Source}: {log.Fault}");
            if (!log.IsHopeless)
            {
                reason = "";
                return false;
            }
        }

        reason = string.Join("; ", reasons);
        return true;
    }
}
