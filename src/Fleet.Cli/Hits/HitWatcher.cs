using System.Runtime.CompilerServices;
using Fleet.Cli.Connection;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Hits;

/// <summary>Follows hits as they come. Where the link to the controller breaks it looks again at the last minutes and shows what is new in them.</summary>
internal sealed class HitWatcher(FleetClient client, TimeProvider time, Action<string> notify)
{
    private const int Remembered = 100_000;
    private static readonly TimeSpan s_giveUpAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // Hits are found by when their lines were written: agents that are behind deliver older ones.
    private static readonly TimeSpan s_lookBack = TimeSpan.FromMinutes(10);

    private readonly HitMemory _memory = new(Remembered);

    public async IAsyncEnumerable<SearchHitsReply> FollowAsync(SearchHitsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        var lastWord = began;
        var isBroken = false;
        while (true)
        {
            var again = request.Clone();
            if (isBroken && lastWord - s_lookBack is var back)
                again.SinceMs = Math.Max(request.SinceMs > 0 ? request.SinceMs : began.ToUnixTimeMilliseconds(), back.ToUnixTimeMilliseconds());
            using var call = client.Hits.SearchHits(again, cancellationToken: cancellationToken);
            while (true)
            {
                var (reply, failure) = await NextAsync(call.ResponseStream, cancellationToken);
                if (reply is null)
                {
                    if (failure is not null && (!CallFailures.IsPassing(failure) || time.GetUtcNow() - lastWord > s_giveUpAfter || client.Trust.LastRefusal is not null))
                        throw failure;
                    if (!isBroken)
                        notify("the link to the controller broke; trying again");
                    isBroken = true;
                    await Task.Delay(s_pause, time, cancellationToken);
                    break;
                }

                if (isBroken)
                    notify("the controller is back");
                isBroken = false;
                lastWord = time.GetUtcNow();
                if (_memory.New(reply) is { } fresh)
                    yield return fresh;
            }
        }
    }

    private static async Task<(SearchHitsReply? Next, RpcException? Failure)> NextAsync(IAsyncStreamReader<SearchHitsReply> hits, CancellationToken cancellationToken)
    {
        try
        {
            return (await hits.MoveNext(cancellationToken) ? hits.Current : null, null);
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
}
