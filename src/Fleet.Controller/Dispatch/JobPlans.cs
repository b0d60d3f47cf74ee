using Fleet.Protocol.Units;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Dispatch;

/// <summary>Turns what operators asked for, checked before, into plans.</summary>
internal static class JobPlans
{
    /// <summary>The plan of a new job.</summary>
    public static JobPlan Make(
        string jobId, DateTimeOffset createdAt, int tasks, TaskSpec spec, ByteString specBytes, ByteString digest, JobOptions options)
    {
        var maxConcurrent = options.MaxConcurrent.Length == 0
            ? tasks
            : Math.Max(1, CountOrPercent.Parse(options.MaxConcurrent).Resolve(tasks));
        var delivery = TimeSpan.FromMilliseconds(options.DeliveryTimeoutMs);
        var runTimeout = TimeSpan.FromMilliseconds(spec.RunTimeoutMs);
        var killGrace = TimeSpan.FromMilliseconds(spec.KillGraceMs);
        var deadline = options.DeadlineMs > 0
            ? TimeSpan.FromMilliseconds(options.DeadlineMs)
            : JobPlan.DeriveDeadline(tasks, maxConcurrent, options.RatePerSecond, delivery, runTimeout, killGrace);
        return new JobPlan
        {
            JobId = jobId,
            CreatedAt = createdAt,
            DeadlineAt = createdAt + deadline,
            DeliveryTimeout = delivery,
            MaxConcurrent = maxConcurrent,
            RatePerSecond = options.RatePerSecond,
            StreamBytes = options.StreamBytes,
            MaxFailures = options.MaxFailures.Length == 0 ? null : CountOrPercent.Parse(options.MaxFailures).Resolve(tasks),
            RunTimeout = runTimeout,
            KillGrace = killGrace,
            Steps = spec.Steps.Count,
            Spec = specBytes,
            SpecDigest = digest,
            ByArchitecture = UpgradeSpecs.Of(spec),
        };
    }

    /// <summary>The plan of a stored job: the same as when it was made.</summary>
    public static JobPlan Read(JobRecord job, JobPayload payload)
    {
        var spec = TaskSpec.Parser.ParseFrom(payload.SpecBytes);
        var options = JobOptions.Parser.ParseFrom(payload.OptionsBytes);
        var plan = Make(
            job.Id, job.CreatedAt, job.Counts.Total, spec, UnsafeByteOperations.UnsafeWrap(payload.SpecBytes),
            UnsafeByteOperations.UnsafeWrap(job.SpecDigest), options);
        return job.Deadline is { } deadline ? plan with { DeadlineAt = deadline } : plan;
    }
}
