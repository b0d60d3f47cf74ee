using System.Runtime.CompilerServices;
using Fleet.Cli.Connection;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Hits;

/// <summary>Follows hits as they come. Where the link to the controller breaks it goes on behind the last reply: none is missed, none comes twice.</summary>
/// <param name="search">Asks the controller.</param>
/// <param name="isStranger">Whether what answers turned out not to be the controller: then there is nothing to wait for.</param>
/// <param name="time">The clock.</param>
/// <param name="notify">Told when the link broke and when it is back.</param>
internal sealed class HitWatcher(
    Func<SearchHitsRequest, CancellationToken, AsyncServerStreamingCall<SearchHitsReply>> search, Func<bool> isStranger, TimeProvider time, Action<string> notify)
{
    private static readonly TimeSpan s_giveUpAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Behind this place nothing has been given yet; empty before the first reply.</summary>
    public string Cursor { get; private set; } = "";

    /// <summary>What comes, until the token ends it.</summary>
    /// <exception cref="RpcException">The controller refuses, or was away for too long.</exception>
    public async IAsyncEnumerable<SearchHitsReply> FollowAsync(SearchHitsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Cursor = request.AfterCursor;
        var hasBegun = false;
        long? brokenSince = null;
        while (true)
        {
            var next = request.Clone();
            next.AfterCursor = Cursor;
            using var call = search(next, cancellationToken);
            while (true)
            {
                var (reply, failure) = await NextAsync(call.ResponseStream, cancellationToken);
                if (reply is null)
                {
                    if (failure is not null && (!hasBegun || isStranger() || !CallFailures.IsPassing(failure)))
                        throw failure;
                    if (brokenSince is null)
                        notify("connection to the controller lost; retrying");
                    // From when it broke, not from the last hit: that may be days ago.
                    brokenSince ??= time.GetTimestamp();
                    if (failure is not null && time.GetElapsedTime(brokenSince.Value) > s_giveUpAfter)
                        throw failure;
                    await Task.Delay(s_pause, time, cancellationToken);
                    break;
                }

                if (brokenSince is not null)
                    notify("reconnected to the controller");
                (hasBegun, brokenSince) = (true, null);
                yield return reply;
                // Only now: what was not taken is asked for again.
                Cursor = reply.Cursor;
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
