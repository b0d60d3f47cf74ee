using System.Runtime.CompilerServices;
using Fleet.Cli.Connection;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Running;

/// <summary>
/// Reads a job's log to its end. Where the link to the controller breaks it goes on from the last event it has: nothing
/// is lost and nothing comes twice.
/// </summary>
internal sealed class JobWatcher
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly FleetClient _client;
    private readonly TimeProvider _time;
    private readonly Action<string> _notify;

    /// <param name="client">The controller.</param>
    /// <param name="time">The clock.</param>
    /// <param name="notify">Told when the link broke and when it is back.</param>
    public JobWatcher(FleetClient client, TimeProvider time, Action<string> notify)
    {
        _client = client;
        _time = time;
        _notify = notify;
    }

    public async IAsyncEnumerable<JobEvent> WatchAsync(string jobId, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0UL;
        var failures = 0;
        var brokenSince = 0L;
        while (true)
        {
            var request = new WatchJobRequest { JobId = jobId, AfterSeq = after, NoFollow = !follow };
            using var call = _client.Jobs.WatchJob(request, cancellationToken: cancellationToken);
            while (true)
            {
                var (next, failure) = await NextAsync(call.ResponseStream, cancellationToken);
                if (failure is not null)
                {
                    // Counted from when it broke: a job may say nothing for hours before that.
                    if (failures == 0)
                        brokenSince = _time.GetTimestamp();
                    if (!CallFailures.IsPassing(failure) || _time.GetElapsedTime(brokenSince) > GiveUpAfter || _client.Trust.LastRefusal is not null)
                        throw failure;
                    if (failures++ == 0)
                        _notify("connection to the controller lost; the job continues, retrying");
                    await Task.Delay(Pause(failures), _time, cancellationToken);
                    break;
                }

                if (failures > 0)
                    _notify("reconnected to the controller");
                failures = 0;
                if (next is null)
                    yield break;
                after = Math.Max(after, next.Seq);
                yield return next;
                if (next.EventCase == JobEvent.EventOneofCase.JobEnded)
                    yield break;
            }
        }
    }

    private static async Task<(JobEvent? Next, RpcException? Failure)> NextAsync(IAsyncStreamReader<JobEvent> log, CancellationToken cancellationToken)
    {
        try
        {
            return (await log.MoveNext(cancellationToken) ? log.Current : null, null);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException e)
        {
            return (null, e);
        }
    }

    private static TimeSpan Pause(int failures) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, TimeSpan.FromMilliseconds(200).Ticks << Math.Min(failures, 10)));
}
