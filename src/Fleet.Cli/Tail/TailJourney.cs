using Fleet.Cli.Connection;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Tail;

/// <summary>Follows to the end: where the link to the controller breaks, it follows again from then on.</summary>
internal sealed class TailJourney(FleetClient client, TimeProvider time, Action<string> notify)
{
    private static readonly TimeSpan s_giveUpAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <param name="request">What is followed where.</param>
    /// <param name="open">Makes what shows one stream.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="abandon">Fires a while later.</param>
    public async Task<TailEnd> RunAsync(TailRequest request, Func<TailStream> open, CancellationToken stop, CancellationToken abandon)
    {
        var lastWord = time.GetTimestamp();
        var isBroken = false;
        while (true)
        {
            using var call = client.Logs.Tail(request, cancellationToken: stop);
            var stream = open();
            try
            {
                var end = await stream.RunAsync(call.ResponseStream, stop, abandon);
                return stop.IsCancellationRequested ? TailEnd.Stopped : end;
            }
            catch (RpcException) when (stop.IsCancellationRequested)
            {
                return TailEnd.Stopped;
            }
            catch (RpcException failure)
            {
                lastWord = stream.HasBegun ? time.GetTimestamp() : lastWord;
                isBroken &= !stream.HasBegun;
                if (!CallFailures.IsPassing(failure) || (!isBroken && !stream.HasBegun) || time.GetElapsedTime(lastWord) > s_giveUpAfter || client.Trust.LastRefusal is not null)
                    throw;
            }

            if (!isBroken)
                notify("connection to the controller lost; lines written meanwhile are not shown, retrying");
            isBroken = true;
            // Whom the target means may have changed since it was looked at; and what was from before then is not from before now.
            request.PreviewDigest = "";
            request.Order.LastLines = 0;
            await Task.Delay(s_pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
