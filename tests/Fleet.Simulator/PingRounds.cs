using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Net.Client;

namespace Fleet.Simulator;

/// <summary>Measures jobs as an operator has them: from the request to the end of the watched job, results durable.</summary>
internal sealed class PingRounds(SimulatorOptions options, Report report, TimeProvider time)
{
    /// <summary>Runs the rounds and reports each, and the median.</summary>
    public async Task RunAsync(Enrolling enrolling, X509Certificate2 identity, CancellationToken cancellationToken)
    {
        using var handler = LinkHandler.Pinned(enrolling.Trust, identity);
        using var channel = GrpcChannel.ForAddress(options.Controller.ToUri(), new GrpcChannelOptions { HttpHandler = handler });
        var jobs = new Jobs.JobsClient(channel);
        var rounds = new ConcurrentBag<double>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = options.AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(1, options.Pings + 1, limits, async (round, token) =>
        {
            var start = time.GetTimestamp();
            var job = await jobs.CreateJobAsync(Request(), cancellationToken: token);
            var created = time.GetElapsedTime(start);
            var done = await FollowAsync(jobs, job.Id, token);
            var took = time.GetElapsedTime(start);
            rounds.Add(took.TotalMilliseconds);
            report.Write(
                "ping", ("round", round), ("created_ms", Ms(created)), ("done_ms", Ms(took)),
                ("succeeded", done.Counts.Succeeded), ("total", done.Counts.Total));
        });

        var sorted = rounds.Order().ToArray();
        if (sorted.Length > 0)
            report.Write("pings", ("rounds", sorted.Length), ("median_ms", Math.Round(sorted[sorted.Length / 2], 1)), ("worst_ms", Math.Round(sorted[^1], 1)));
    }

    private CreateJobRequest Request()
    {
        var spec = new TaskSpec { RunTimeoutMs = 60_000, Steps = { new Step { Builtin = new Builtin { Name = "ping" } } } }.ToByteString();
        return new CreateJobRequest
        {
            RequestId = Guid.NewGuid().ToString("N"),
            Target = new TargetSelection { Expression = $"{options.Prefix}*" },
            Spec = spec,
            SpecSha256 = ByteString.CopyFrom(SHA256.HashData(spec.Span)),
            Summary = "ping",
            Options = new JobOptions { DeliveryTimeoutMs = 60_000 },
        };
    }

    private static async Task<Job> FollowAsync(Jobs.JobsClient jobs, string jobId, CancellationToken cancellationToken)
    {
        using var call = jobs.WatchJob(new WatchJobRequest { JobId = jobId }, cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            if (call.ResponseStream.Current.JobEnded is { } ended)
                return ended.Job;
        }

        throw new InvalidOperationException($"the log of job {jobId} ended before the job did");
    }

    private static double Ms(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
