namespace Fleet.Agent.Tailing;

/// <summary>What to do with the logs now.</summary>
internal enum TailMove
{
    /// <summary>Read on and hand on.</summary>
    Show,

    /// <summary>Leave the logs alone: the reader has to catch up.</summary>
    Hold,

    /// <summary>Read on and only count: the reader is too slow to be waited for.</summary>
    Count,
}

/// <summary>
/// Decides how a tail goes on where its reader is slower than the logs. A short wait costs nothing, since the lines are in the files; but a
/// tail is about now: who falls behind too far gets to the logs' end, with a count of what was passed over.
/// </summary>
internal sealed class TailPace(TimeProvider time)
{
    /// <summary>A reader that takes nothing for so long is not waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Nor one that is slower than the logs for so long.</summary>
    public static readonly TimeSpan MostBehind = TimeSpan.FromSeconds(10);

    private long _heldSince;
    private long _behindSince;

    /// <summary>Whether lines are only counted at present.</summary>
    public bool IsCounting { get; private set; }

    /// <summary>The move to make.</summary>
    /// <param name="hasRoom">Whether more may be handed on.</param>
    /// <param name="isCaughtUp">Whether all there was has been read.</param>
    public TailMove Next(bool hasRoom, bool isCaughtUp)
    {
        if (isCaughtUp)
            _behindSince = 0;
        if (hasRoom)
            _heldSince = 0;
        if (IsCounting)
        {
            IsCounting = !(hasRoom && isCaughtUp);
            return IsCounting ? TailMove.Count : TailMove.Show;
        }

        if (hasRoom)
            return TailMove.Show;
        var now = time.GetTimestamp();
        _heldSince = _heldSince == 0 ? now : _heldSince;
        _behindSince = _behindSince == 0 ? now : _behindSince;
        IsCounting = time.GetElapsedTime(_heldSince, now) >= Patience || time.GetElapsedTime(_behindSince, now) >= MostBehind;
        return IsCounting ? TailMove.Count : TailMove.Hold;
    }
}
