using Fleet.Cli.Connection;
using Fleet.Protocol.Calls;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Install;

/// <summary>Gives labels to an agent that had joined before: `enroll` leaves what is enrolled alone.</summary>
internal sealed class LabelUpkeep(FleetClient client, TimeProvider time)
{
    /// <summary>Sets what is missing or has another value; the outcome says what that was.</summary>
    public async Task<InstallOutcome> ApplyAsync(InstallOutcome outcome, InstalledAgent agent, IEnumerable<string> wanted, CancellationToken cancellationToken)
    {
        try
        {
            var known = await client.Agents.GetAgentAsync(new GetAgentRequest { Name = agent.Id }, deadline: CallFailures.Soon(time), cancellationToken: cancellationToken);
            var changes = LabelChanges.Of(wanted, known.Labels.AsReadOnly());
            if (changes.Set.Count == 0)
                return outcome;
            var request = new SetLabelsRequest { Target = new TargetSelection { Expression = NodeSet.Fold([known.Name]) }, Set = { new Dictionary<string, string>(changes.Set) } };
            await client.Agents.SetLabelsAsync(request, deadline: CallFailures.Soon(time), cancellationToken: cancellationToken);
            return outcome with { Reason = $"labels set: {changes.Text}", LabelsSet = changes.Set };
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // Waiting for its link tells what to do about that.
            return outcome;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException e)
        {
            return outcome with { Kind = InstallKind.Failed, Reason = $"already enrolled, but its labels could not be set: {e.Reason()}" };
        }
    }
}
