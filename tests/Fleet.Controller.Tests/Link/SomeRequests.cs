using System.Security.Cryptography;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Controller.Tests.Link;

/// <summary>Requests of operators.</summary>
internal static class SomeRequests
{
    public static CreateJobRequest Ping(string target, Action<JobOptions>? configure = null)
    {
        var spec = new TaskSpec { RunTimeoutMs = 60_000, KillGraceMs = 1_000 };
        spec.Steps.Add(new Step { Builtin = new Builtin { Name = "ping" } });
        var options = new JobOptions { DeliveryTimeoutMs = 60_000 };
        configure?.Invoke(options);
        return new CreateJobRequest
        {
            RequestId = Guid.NewGuid().ToString("N"),
            Target = new TargetSelection { Expression = target },
            Spec = spec.ToByteString(),
            SpecSha256 = ByteString.CopyFrom(SHA256.HashData(spec.ToByteArray())),
            Summary = "ping",
            Options = options,
        };
    }

    public static Task<Job> CreateAsync(TestController controller, string target, Action<JobOptions>? configure = null) =>
        CallAsync(controller, (jobs, headers) => jobs.CreateJobAsync(Ping(target, configure), headers).ResponseAsync);

    /// <summary>Follows a job to its end.</summary>
    public static async Task<Job> DoneAsync(TestController controller, string jobId) =>
        (await WatchAsync(controller, jobId))[^1].JobEnded.Job;

    /// <summary>Everything that watching a job says.</summary>
    public static async Task<List<JobEvent>> WatchAsync(TestController controller, string jobId, ulong after = 0)
    {
        var (channel, headers) = controller.AsOperator();
        using var _ = channel;
        using var call = new Fleet.Protocol.V1.Jobs.JobsClient(channel).WatchJob(new WatchJobRequest { JobId = jobId, AfterSeq = after }, headers);
        var events = new List<JobEvent>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience))
            events.Add(call.ResponseStream.Current);
        return events;
    }

    public static async Task<T> CallAsync<T>(
        TestController controller, Func<Fleet.Protocol.V1.Jobs.JobsClient, Grpc.Core.Metadata, Task<T>> call, string caller = "ann")
    {
        var (channel, headers) = controller.AsOperator(caller);
        using var _ = channel;
        return await call(new Fleet.Protocol.V1.Jobs.JobsClient(channel), headers).WaitAsync(TestController.Patience);
    }
}
