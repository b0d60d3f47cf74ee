using System.CommandLine;
using Fleet.Cli.Connection;
using Fleet.Cli.Contexts;
using Fleet.Cli.Interrupt;
using Fleet.Cli.Login;
using Fleet.Cli.Output;

namespace Fleet.Cli;

/// <summary>What every command works with.</summary>
/// <param name="Screen">Where results and notes go.</param>
/// <param name="Contexts">The operator's contexts.</param>
/// <param name="ContextName">`--context`; null: the one in use.</param>
/// <param name="Time">The clock.</param>
/// <param name="CtrlC">Ctrl-C.</param>
/// <param name="Words">What stood after `--`; null where there was none.</param>
internal sealed record CommandContext(
    Screen Screen, ContextStore Contexts, Option<string?> ContextName, TimeProvider Time, CtrlC CtrlC, IReadOnlyList<string>? Words)
{
    /// <summary>The link that the command opened; tells whom a failed call went to. Null before.</summary>
    public FleetClient? Opened { get; private set; }

    /// <summary>How a link is opened: by the contexts, the name of one, and the time.</summary>
    public Func<ContextStore, string?, DateTimeOffset, FleetClient> Open { get; init; } = FleetClient.Open;

    /// <summary>Opens the link that the command line asks for.</summary>
    public FleetClient Connect(ParseResult parsed) => Opened = Open(Contexts, parsed.GetValue(ContextName), Time.GetUtcNow());

    /// <summary>Keeps the operator's certificate fresh, after a command that reached the controller.</summary>
    public async Task KeepIdentityFreshAsync(ParseResult parsed)
    {
        if (Opened is not { IsRenewalDue: true })
            return;
        using var client = Connect(parsed);
        await new IdentityUpkeep(Screen, Time).RenewAsync(client);
    }

    /// <summary>When a call that answers at once is given up.</summary>
    public DateTime Soon => CallFailures.Soon(Time);
}
