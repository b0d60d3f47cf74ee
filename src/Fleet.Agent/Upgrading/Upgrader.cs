using Fleet.Agent.Execution;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Upgrading;

/// <summary>Takes orders to upgrade this agent.</summary>
internal sealed class Upgrader
{
    private UpgradeParts? _parts;

    /// <summary>Reads an order; null with a sentence for people where it cannot be taken.</summary>
    public InProcessWork? Read(TaskId task, UpgradeAgent upgrade, out string fault)
    {
        if (UpgradeOrder.Read(upgrade, out fault) is not { } order)
            return null;
        fault = Supervision.IsBySystemd ? "" : Supervision.Refusal;
        return fault.Length > 0 ? null : (context, cancellationToken) => new UpgradeStep(task, order, _parts!).RunAsync(context, cancellationToken);
    }

    /// <summary>Gives it what did not exist yet when it was made; before the first order.</summary>
    public void Attach(UpgradeParts parts) => _parts = parts;
}
