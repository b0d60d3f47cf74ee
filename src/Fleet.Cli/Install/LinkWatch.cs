using Fleet.Cli.Connection;
using Fleet.Protocol.Calls;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Install;

/// <summary>Asks the controller until it sees an agent's link: what a host says of itself is not proof enough.</summary>
internal sealed class LinkWatch(FleetClient client, TimeProvider time)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    /// <summary>Null once the controller sees the link; else, when the time is up, why there is none.</summary>
    public async Task<string?> WaitAsync(InstalledAgent agent, TimeSpan limit, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            var fault = await AskAsync(agent.Id, cancellationToken);
            if (fault is null || time.GetElapsedTime(began) > limit)
                return fault;
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task<string?> AskAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var agent = await client.Agents.GetAgentAsync(new GetAgentRequest { Name = id }, deadline: CallFailures.Soon(time), cancellationToken: cancellationToken);
            return agent.Online ? null : agent.OfflineReason.Length > 0 ? agent.OfflineReason : "never connected";
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return "the controller does not know this agent (was it removed?): run fleet-agent uninstall --purge on the host, then install again";
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException e)
        {
            // Whatever it is: the other hosts go on, and all of them are in the report.
            return $"the controller could not be asked: {e.Reason()}";
        }
    }
}
