using System.CommandLine;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans;

/// <summary>`fleet scan`: what agents look for in their logs by themselves.</summary>
internal static class ScanCommand
{
    public static Command Create(CommandContext context) => new("scan", "Manage scans: continuous searches of logs by the agents, defined in files.")
    {
        ScanApplyCommand.Create(context), ScanCheckCommand.Create(context), ScanPacksCommand.Create(context),
        List(context), Show(context), Run(context), Pause(context, resume: false), Pause(context, resume: true), Delete(context),
    };

    private static Option<bool> Json() => new("--json") { Description = "One JSON object per line." };

    private static Command List(CommandContext context)
    {
        var json = Json();
        var channels = new Option<bool>("--channels") { Description = "List notification channels instead of scans." };
        var command = new Command("list", "List scans, their hosts and hits.") { channels, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var reply = await client.Scans.ListScansAsync(new ListScansRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
            if (parsed.GetValue(channels))
                ChannelTable.Write(context.Screen, reply.Channels, parsed.GetValue(json));
            else if (parsed.GetValue(json))
                ScanJson.Write(context.Screen, reply.Scans);
            else
                ScanTables.List(context.Screen, reply.Scans, context.Time.GetUtcNow());
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var name = new Argument<string>("scan") { Description = "The scan's name." };
        var json = Json();
        var command = new Command("show", "Show a scan and its state on every host.") { name, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var details = await client.Scans.GetScanAsync(new GetScanRequest { Name = parsed.GetValue(name) }, deadline: context.Soon, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
                ScanJson.Write(context.Screen, details);
            else
                ScanTables.Show(context.Screen, details, context.Time.GetUtcNow());
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Run(CommandContext context)
    {
        var name = new Argument<string>("scan") { Description = "The scan's name." };
        var command = new Command("run", "Run a scan now on all its hosts.") { name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var reply = await client.Scans.RunScanAsync(new RunScanRequest { Name = parsed.GetValue(name) }, deadline: context.Soon, cancellationToken: cancellationToken);
            context.Screen.Note($"{reply.Agents} {(reply.Agents == 1 ? "host" : "hosts")} started; see: fleet hits --scan {parsed.GetValue(name)} --since 5m");
            if (reply.Failed.Count > 0)
                context.Screen.Note($"a log cannot be read on {Protocol.NodeSets.NodeSet.Fold(reply.Failed)}; see: fleet scan show {parsed.GetValue(name)}");
            if (reply.Offline.Count == 0)
                return ExitCode.Success;
            context.Screen.Note($"offline, not started: {Protocol.NodeSets.NodeSet.Fold(reply.Offline)}");
            return ExitCode.SomeNeverAnswered;
        });
        return command;
    }

    private static Command Pause(CommandContext context, bool resume)
    {
        var names = new Argument<string[]>("scans") { Description = "Names of scans.", Arity = ArgumentArity.OneOrMore };
        var command = resume
            ? new Command("resume", "Resume scans from the position where they stopped.") { names }
            : new Command("pause", "Pause scans; they keep their positions in the logs.") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var request = new PauseScansRequest { Names = { parsed.GetValue(names) }, Resume = resume };
            var reply = await client.Scans.PauseScansAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
            await NamesAsync(context, resume ? "resumed" : "paused", reply.Changed);
            await NamesAsync(context, "unchanged", reply.Unchanged);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Delete(CommandContext context)
    {
        var names = new Argument<string[]>("scans") { Description = "Names of scans.", Arity = ArgumentArity.OneOrMore };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation." };
        var command = new Command("delete", "Delete scans and their positions in the logs; their hits stay until retention removes them.") { names, yes };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = parsed.GetValue(names)!;
            YesOrNo.Ask(context.Screen, parsed.GetValue(yes), $"delete {string.Join(", ", wanted)}");
            using var client = context.Connect(parsed);
            var reply = await client.Scans.DeleteScansAsync(new DeleteScansRequest { Names = { wanted } }, deadline: context.Soon, cancellationToken: cancellationToken);
            await NamesAsync(context, "deleted", reply.Deleted);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Prints names behind what happened to them; nothing where there are none.</summary>
    internal static async Task NamesAsync(CommandContext context, string what, IReadOnlyCollection<string> names)
    {
        if (names.Count > 0)
            await context.Screen.Writer.WriteLineAsync($"{what}: {string.Join(", ", names)}");
    }
}
