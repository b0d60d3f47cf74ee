using Fleet.Controller.Dispatch;
using Fleet.Controller.Identity;
using Fleet.Controller.Registry;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Controller.Jobs;

/// <summary>Takes jobs in: checks the request, resolves the target once, and hands both to dispatch.</summary>
internal sealed class JobCreator(
    TargetResolver resolver, AgentRegistry registry, Dispatcher dispatcher, IFleetStore store, TimeProvider time)
{
    private const int IdAttempts = 5;

    /// <summary>A new job, or the one that the same request made before.</summary>
    public async Task<Job> CreateAsync(CreateJobRequest request, CallerIdentity.Operator caller, CancellationToken cancellationToken)
    {
        // 1. The request, field by field.
        var options = request.Options ?? new JobOptions();
        Refuse(RequestCheck.RequestIdFault(request.RequestId));
        Refuse(RequestCheck.SummaryFault(request.Summary));
        Refuse(RequestCheck.OptionsFault(options));
        var spec = SpecCheck.Read(request.Spec, request.SpecSha256, out var fault);
        Refuse(fault);

        // 2. The same request again? Asked before the target, which may have changed since.
        if (await FindEarlierAsync(request.RequestId, caller, cancellationToken) is { } earlier)
            return earlier;

        // 3. The target, once.
        var resolved = resolver.Resolve(request.Target ?? new TargetSelection(), request.PreviewDigest).OrRefuse();

        // 4. Stored, begun and answered.
        var tasks = resolved.Agents.Select(agent => new NewTask(agent.Id, agent.Name)).ToList();
        var job = await StoreAsync(
            new Draft(request.RequestId, caller, Describe(request.Target!), OneLineText.Clean(request.Summary), request.Spec, request.SpecSha256, spec!, options, null),
            tasks, cancellationToken);
        job.UnknownNames.AddRange(resolved.Unknown);
        return job;
    }

    /// <summary>A new job with the spec of another, for those of its targets that did not succeed.</summary>
    public async Task<Job> RetryAsync(RetryJobRequest request, CallerIdentity.Operator caller, CancellationToken cancellationToken)
    {
        Refuse(RequestCheck.RequestIdFault(request.RequestId));
        if (await FindEarlierAsync(request.RequestId, caller, cancellationToken) is { } earlier)
            return earlier;

        var origin = await JobFinder.FindAsync(store.Jobs, request.Id, caller, cancellationToken);
        if (origin.State != JobState.Done)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"job {origin.Id} has not ended; cancel it first, or wait"));

        var payload = await store.Jobs.GetPayloadAsync(origin.Id, cancellationToken) ?? throw JobFinder.Unknown(origin.Id);
        var options = JobOptions.Parser.ParseFrom(payload.OptionsBytes);
        var all = await store.Jobs.ListTasksAsync(origin.Id, new TaskQuery(), cancellationToken);
        var failed = all.Where(static task => task.State != Storage.TaskState.Succeeded).ToList();
        if (failed.Count == 0)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"every task of job {origin.Id} succeeded; there is nothing to retry"));

        var enrolled = failed.Where(task => registry.Find(task.AgentId) is not null).ToList();
        if (enrolled.Count == 0)
            throw new RpcException(new Status(StatusCode.NotFound, "none of the agents that did not succeed is enrolled any more"));

        var draft = new Draft(
            request.RequestId, caller, origin.Target, origin.Summary, UnsafeByteOperations.UnsafeWrap(payload.SpecBytes),
            UnsafeByteOperations.UnsafeWrap(origin.SpecDigest), TaskSpec.Parser.ParseFrom(payload.SpecBytes), options, origin.Id);
        var job = await StoreAsync(draft, [.. enrolled.Select(task => new NewTask(task.AgentId, task.AgentName))], cancellationToken);
        job.UnknownNames.AddRange(failed.Except(enrolled).Select(static task => task.AgentName));
        return job;
    }

    private async Task<Job> StoreAsync(Draft draft, List<NewTask> tasks, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var now = time.GetUtcNow();
            var plan = JobPlans.Make(JobId.New(now).ToString(), now, tasks.Count, draft.Spec, draft.SpecBytes, draft.Digest, draft.Options);
            var job = draft.ToNewJob(plan, tasks.Select(task => Deliver(task, plan)).ToList());
            var creation = await dispatcher.CreateAsync(plan, job, cancellationToken);
            // Twenty random bits a second: two jobs of one second may draw the same id.
            if (creation.Status == JobCreationStatus.IdTaken && attempt < IdAttempts)
                continue;
            if (creation.Status == JobCreationStatus.IdTaken)
                throw new RpcException(new Status(StatusCode.Unavailable, "no free job id was found; try again"));

            // What stands, not what was asked for: the same request may have come with another spec.
            return JobMessages.ToMessage(creation.Job, await store.Jobs.GetPayloadAsync(creation.Job.Id, cancellationToken));
        }
    }

    private async Task<Job?> FindEarlierAsync(string requestId, CallerIdentity.Operator caller, CancellationToken cancellationToken)
    {
        var job = await store.Jobs.FindByRequestAsync(caller.Id, requestId, cancellationToken);
        return job is null ? null : JobMessages.ToMessage(job, await store.Jobs.GetPayloadAsync(job.Id, cancellationToken));
    }

    private static NewTask Deliver(NewTask task, JobPlan plan) => task with { DeliverBy = plan.CreatedAt + plan.DeliveryTimeout };

    private static string Describe(TargetSelection target)
    {
        var text = target.Expression.Trim();
        if (target.Sample > 0)
            text += $" --sample {target.Sample}";
        return target.Limit > 0 ? $"{text} --limit {target.Limit}" : text;
    }

    private static void Refuse(string fault)
    {
        if (fault.Length > 0)
            throw new RpcException(new Status(StatusCode.InvalidArgument, fault));
    }

    /// <summary>All of a job but its id and tasks.</summary>
    private sealed record Draft(
        string RequestId,
        CallerIdentity.Operator Caller,
        string Target,
        string Summary,
        ByteString SpecBytes,
        ByteString Digest,
        TaskSpec Spec,
        JobOptions Options,
        string? RetryOf)
    {
        public NewJob ToNewJob(JobPlan plan, IReadOnlyList<NewTask> tasks) => new()
        {
            Id = plan.JobId,
            RequestId = RequestId,
            CreatedAt = plan.CreatedAt,
            OperatorId = Caller.Id,
            OperatorName = Caller.Name,
            Target = Target,
            Summary = Summary,
            SpecBytes = SpecBytes.ToByteArray(),
            SpecDigest = Digest.ToByteArray(),
            OptionsBytes = Options.ToByteArray(),
            RetryOf = RetryOf,
            Deadline = plan.DeadlineAt,
            Tasks = tasks,
        };
    }
}
