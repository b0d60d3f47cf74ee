using Fleet.Agent.Execution;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Upgrading;

/// <summary>Takes orders to upgrade this agent.</summary>
internal sealed class Upgrader
{
    private const string UnderWay = "another upgrade of this host is under way";
    private UpgradeParts? _parts;
    private int _underWay;

    /// <summary>Reads an order; null with a sentence for people where it cannot be taken.</summary>
    public InProcessWork? Read(TaskId task, UpgradeAgent upgrade, out string fault)
    {
        if (UpgradeOrder.Read(upgrade, Architectures.OfHost, out fault) is not { } order)
            return null;
        fault = !Supervision.IsBySystemd ? Supervision.Refusal : Volatile.Read(ref _underWay) != 0 ? UnderWay : "";
        return fault.Length > 0 ? null : (context, cancellationToken) => RunAsync(task, order, context, cancellationToken);
    }

    /// <summary>Gives it what did not exist yet when it was made; before the first order.</summary>
    public void Attach(UpgradeParts parts) => _parts = parts;

    // Two would wait for one another's end. Asked again here: both may have been accepted before the first began.
    private async ValueTask<InProcessEnd> RunAsync(TaskId task, UpgradeOrder order, InProcessContext context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _underWay, 1) != 0)
        {
            _parts!.Desk.NoteGivenUp(task, UnderWay);
            throw new UpgradeException(UnderWay);
        }

        try
        {
            return await new UpgradeStep(task, order, _parts!).RunAsync(context, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _underWay, 0);
        }
    }
}
