using System.Globalization;
using Fleet.Controller.Dispatch;
using Fleet.Controller.Identity;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Jobs;

/// <summary>Jobs, as operators create and follow them.</summary>
internal sealed class JobsService(JobCreator desk, TargetPreviews previews, JobWatch watch, Dispatcher dispatcher, IFleetStore store)
    : Protocol.V1.Jobs.JobsBase
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;

    /// <inheritdoc/>
    public override Task<TargetPreview> PreviewTarget(PreviewTargetRequest request, ServerCallContext context) =>
        Task.FromResult(previews.Preview(request.Target));

    /// <inheritdoc/>
    public override Task<Job> CreateJob(CreateJobRequest request, ServerCallContext context) =>
        GuardAsync(() => desk.CreateAsync(request, Caller(context), context.CancellationToken));

    /// <inheritdoc/>
    public override Task<Job> RetryJob(RetryJobRequest request, ServerCallContext context) =>
        GuardAsync(() => desk.RetryAsync(request, Caller(context), context.CancellationToken));

    /// <inheritdoc/>
    public override Task<Job> GetJob(GetJobRequest request, ServerCallContext context) => GuardAsync(async () =>
    {
        var caller = Caller(context);
        var job = await JobFinder.FindAsync(store.Jobs, request.Id, caller, context.CancellationToken);
        var payload = ShownJob.For(caller, await store.Jobs.GetPayloadAsync(job.Id, context.CancellationToken), out var isRedacted);
        return JobMessages.ToMessage(job, payload, isRedacted);
    });

    /// <inheritdoc/>
    public override Task<Job> CancelJob(CancelJobRequest request, ServerCallContext context) => GuardAsync(async () =>
    {
        var caller = Caller(context);
        var job = await JobFinder.FindAsync(store.Jobs, request.Id, caller, context.CancellationToken);
        await dispatcher.CancelAsync(job.Id, caller.Name, context.CancellationToken);
        // As it is after its pending tasks have ended. Cancelling twice, or a job that is done, changes nothing and is no error.
        var after = await store.Jobs.GetAsync(job.Id, context.CancellationToken) ?? throw JobFinder.Unknown(job.Id);
        return JobMessages.ToMessage(after, await store.Jobs.GetPayloadAsync(job.Id, context.CancellationToken));
    });

    /// <inheritdoc/>
    public override Task<ListJobsReply> ListJobs(ListJobsRequest request, ServerCallContext context) => GuardAsync(async () =>
    {
        var reply = new ListJobsReply();
        string? operatorId = null;
        if (request.OperatorName.Length > 0)
        {
            operatorId = await FindOperatorAsync(request.OperatorName, context.CancellationToken);
            if (operatorId is null)
                return reply;
        }

        var page = await ListAsync(
            new JobQuery
            {
                State = request.OnlyOpen ? JobState.Running : null,
                OperatorId = operatorId,
                Since = request.SinceMs > 0 ? Instant(request.SinceMs) : null,
                After = request.PageToken.Length > 0 ? request.PageToken : null,
                Limit = PageSize(request.PageSize),
            },
            context.CancellationToken);
        reply.Jobs.AddRange(page.Jobs.Select(static job => JobMessages.ToMessage(job)));
        reply.NextPageToken = page.Next ?? "";
        return reply;
    });

    /// <inheritdoc/>
    public override Task<ListTasksReply> ListTasks(ListTasksRequest request, ServerCallContext context) => GuardAsync(async () =>
    {
        var job = await JobFinder.FindAsync(store.Jobs, request.JobId, Caller(context), context.CancellationToken);
        var size = PageSize(request.PageSize);
        var query = new TaskQuery
        {
            States = request.States.Count == 0 ? null : [.. request.States.Select(State)],
            AfterOrdinal = AfterOrdinal(request.PageToken),
            Limit = size,
        };
        var tasks = await store.Jobs.ListTasksAsync(job.Id, query, context.CancellationToken);
        var reply = new ListTasksReply();
        reply.Tasks.AddRange(tasks.Select(JobMessages.ToMessage));
        reply.NextPageToken = tasks.Count == size ? tasks[^1].Ordinal.ToString(CultureInfo.InvariantCulture) : "";
        return reply;
    });

    /// <inheritdoc/>
    public override Task WatchJob(WatchJobRequest request, IServerStreamWriter<JobEvent> responseStream, ServerCallContext context) =>
        GuardAsync(async () =>
        {
            if (request.AfterSeq > long.MaxValue)
                throw Bad("after_seq is out of range");
            var caller = Caller(context);
            var job = await JobFinder.FindAsync(store.Jobs, request.JobId, caller, context.CancellationToken);
            await watch.RunAsync(job, caller, request, responseStream, context.CancellationToken);
            return true;
        });

    private async Task<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await store.Jobs.ListAsync(query, cancellationToken);
        }
        catch (ArgumentException)
        {
            // The limit was checked above: it is the cursor.
            throw Bad("page_token is not one that this controller gave out");
        }
    }

    private async Task<string?> FindOperatorAsync(string name, CancellationToken cancellationToken)
    {
        var all = await store.Operators.ListAsync(cancellationToken);
        // The name may have had several holders: the active one, else the newest.
        return all.Where(person => person.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .OrderBy(static person => person.State).ThenByDescending(static person => person.CreatedAt)
            .FirstOrDefault()?.Id;
    }

    private static CallerIdentity.Operator Caller(ServerCallContext context) => context.GetCaller() as CallerIdentity.Operator
        ?? throw new RpcException(new Status(StatusCode.PermissionDenied, "only operators may call this"));

    // The one place where what dispatch refuses becomes a status; failures of the store are the interceptor's.
    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (TooManyJobsException e)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, e.Message));
        }
        catch (DispatchStoppedException e)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message));
        }
    }

    private static int PageSize(uint asked) => asked == 0 ? DefaultPage : (int)Math.Min(asked, LargestPage);

    private static int AfterOrdinal(string token)
    {
        if (token.Length == 0)
            return 0;
        return int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal
            : throw Bad("page_token is not one that this controller gave out");
    }

    private static Storage.TaskState State(Protocol.V1.TaskState state) =>
        TaskEnds.ToStored(state) ?? throw Bad($"states holds {state}, which is not a task state");

    private static DateTimeOffset Instant(long ms) => ms <= 253_402_300_799_999
        ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
        : throw Bad("since_ms is out of range");

    private static RpcException Bad(string fault) => new(new Status(StatusCode.InvalidArgument, fault));
}
