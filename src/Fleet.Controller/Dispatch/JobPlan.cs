using System.Collections.Frozen;
using Google.Protobuf;

namespace Fleet.Controller.Dispatch;

/// <summary>What dispatch must know of a job: what was asked, resolved to numbers, and never changed again.</summary>
internal sealed record JobPlan
{
    /// <summary>The job's id as text, as stores and logs have it.</summary>
    public required string JobId { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the job as a whole must have ended.</summary>
    public required DateTimeOffset DeadlineAt { get; init; }

    /// <summary>How long a task may wait for an agent that is away.</summary>
    public required TimeSpan DeliveryTimeout { get; init; }

    /// <summary>Tasks in progress at once, at least 1.</summary>
    public required int MaxConcurrent { get; init; }

    /// <summary>Tasks started per second; 0 for no limit.</summary>
    public required double RatePerSecond { get; init; }

    /// <summary>More unsuccessful tasks than this stop the job; null for no limit.</summary>
    public required int? MaxFailures { get; init; }

    /// <summary>The agent ends the task after this time.</summary>
    public required TimeSpan RunTimeout { get; init; }

    /// <summary>Between TERM and KILL on the agent.</summary>
    public required TimeSpan KillGrace { get; init; }

    /// <summary>Steps of each task.</summary>
    public required int Steps { get; init; }

    /// <summary>First bytes of each stream that whoever follows the job wants; 0: nobody does.</summary>
    public required ulong StreamBytes { get; init; }

    /// <summary>The spec, byte for byte as the operator sent it.</summary>
    public required ByteString Spec { get; init; }

    /// <summary>SHA-256 of the spec.</summary>
    public required ByteString SpecDigest { get; init; }

    /// <summary>What agents of some architectures are told instead.</summary>
    public FrozenDictionary<string, SpecBytes> ByArchitecture { get; init; } = FrozenDictionary<string, SpecBytes>.Empty;

    /// <summary>How long an agent may keep the task waiting before it starts it.</summary>
    /// <remarks>
    /// A busy agent has as long as an absent one, but never less than ten minutes (its own queue is short) nor longer than the job has.
    /// </remarks>
    public TimeSpan StartWithin(DateTimeOffset now)
    {
        var wait = DeliveryTimeout > BusyAgentWait ? DeliveryTimeout : BusyAgentWait;
        var left = DeadlineAt - now;
        return left < wait ? left : wait;
    }

    /// <summary>The deadline of a job that names none: every bound that its tasks have, one wave after the other.</summary>
    public static TimeSpan DeriveDeadline(
        int tasks, int maxConcurrent, double ratePerSecond, TimeSpan delivery, TimeSpan runTimeout, TimeSpan killGrace)
    {
        var waves = (tasks + maxConcurrent - 1) / maxConcurrent;
        var seconds = delivery.TotalSeconds + BusyAgentWait.TotalSeconds
            + (waves * (runTimeout + killGrace + WaveSlack).TotalSeconds)
            + (ratePerSecond > 0 ? tasks / ratePerSecond : 0);
        return TimeSpan.FromSeconds(Math.Min(seconds, LongestDeadline.TotalSeconds));
    }

    /// <summary>The longest deadline a job may have or be given.</summary>
    public static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(365);

    private static readonly TimeSpan BusyAgentWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WaveSlack = TimeSpan.FromSeconds(30);
}
