namespace Fleet.Controller.Artifacts;

/// <summary>Watches that a download gets on: whoever falls behind the least rate by <see cref="Grace"/> is cut off.</summary>
/// <remarks>
/// What went fast at first, into the kernel's buffers, saves nobody up for later. Kestrel's own least rate holds for whole servers where
/// HTTP/2 is spoken, and there are streams that are silent for hours.
/// </remarks>
internal sealed class DownloadPace : IDisposable
{
    /// <summary>How long a download may stand still. A slow connection takes what is in the kernel's buffers in steps.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private readonly Func<long> _leastPerSecond;
    private readonly TimeProvider _time;
    private readonly Action _cutOff;
    private readonly ITimer _timer;
    private long _at;
    private long _taken;
    private TimeSpan _behind;

    /// <param name="leastPerSecond">Bytes a second; asked each time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cutOff">Ends the download. May be called again while it ends.</param>
    public DownloadPace(Func<long> leastPerSecond, TimeProvider time, Action cutOff)
    {
        _leastPerSecond = leastPerSecond;
        _time = time;
        _cutOff = cutOff;
        _at = time.GetTimestamp();
        _timer = time.CreateTimer(static it => ((DownloadPace)it!).Look(), this, s_look, s_look);
    }

    /// <summary>Whether it was cut off.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>So many bytes were taken.</summary>
    public void Taken(int bytes) => Interlocked.Add(ref _taken, bytes);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var now = _time.GetTimestamp();
        _behind += _time.GetElapsedTime(_at, now) - TimeSpan.FromSeconds((double)Interlocked.Exchange(ref _taken, 0) / _leastPerSecond());
        _at = now;
        if (_behind < TimeSpan.Zero)
            _behind = TimeSpan.Zero;
        if (_behind < Grace)
            return;
        IsTooSlow = true;
        _cutOff();
    }
}
