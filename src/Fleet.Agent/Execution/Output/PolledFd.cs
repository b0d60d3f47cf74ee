using System.Threading.Tasks.Sources;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Output;

/// <summary>Why a wait for a descriptor ended.</summary>
internal enum Readiness
{
    /// <summary>It can be read or written, or its other end is closed.</summary>
    Ready,

    /// <summary>The time given passed first.</summary>
    DeadlinePassed,

    /// <summary>Somebody asked to look again (<see cref="PolledFd.Wake"/>).</summary>
    Woken,
}

/// <summary>A descriptor registered with the pump; one wait at a time, without allocation.</summary>
internal sealed class PolledFd : IValueTaskSource<Readiness>, IDisposable
{
    private readonly ReadinessPump _pump;
    private ManualResetValueTaskSourceCore<Readiness> _wait = new() { RunContinuationsAsynchronously = true };

    internal PolledFd(ReadinessPump pump, Fd fd, ulong id, bool forWriting)
    {
        _pump = pump;
        Fd = fd;
        Id = id;
        ForWriting = forWriting;
    }

    /// <summary>No deadline.</summary>
    internal const long Never = long.MaxValue;

    internal Fd Fd { get; }

    internal ulong Id { get; }

    internal bool ForWriting { get; }

    // Guarded by the pump's lock.
    internal bool IsWaiting { get; set; }

    internal bool WasWoken { get; set; }

    internal long DeadlineMilliseconds { get; set; } = Never;

    /// <param name="deadline">On the clock of <see cref="Environment.TickCount64"/>, in milliseconds, or <see cref="Never"/>.</param>
    internal ValueTask<Readiness> WaitAsync(long deadline)
    {
        _wait.Reset();
        var version = _wait.Version;
        _pump.Arm(this, deadline);
        return new ValueTask<Readiness>(this, version);
    }

    /// <summary>Ends the present wait, or the next.</summary>
    internal void Wake() => _pump.Wake(this);

    internal void Complete(Readiness readiness) => _wait.SetResult(readiness);

    /// <summary>Takes it out of the pump and closes it.</summary>
    public void Dispose() => _pump.Remove(this);

    Readiness IValueTaskSource<Readiness>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Readiness>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<Readiness>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
