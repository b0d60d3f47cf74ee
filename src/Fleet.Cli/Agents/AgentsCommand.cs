using System.CommandLine;
using Fleet.Cli.Confirmation;
using Fleet.Cli.Install;
using Fleet.Cli.Options;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Agents;

/// <summary>`fleet agents`: the hosts that are enrolled.</summary>
internal static class AgentsCommand
{
    public static Command Create(CommandContext context) => new("agents", "List, install, label, upgrade and remove agents.")
    {
        List(context), InstallCommand.Create(context), Show(context), Label(context), ClearDuplicate(context), Remove(context), Explain(context),
        UpgradeCommand.Create(context), ArtifactsCommand.Create(context),
    };

    private static Command List(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object per line." };
        var offline = new Option<bool>("--offline") { Description = "Only hosts that are offline." };
        var names = new Option<bool>("--names") { Description = "Print only the names, as a node set." };
        var command = new Command("list", "List hosts.");
        var target = new TargetOptionSet(command, required: false);
        foreach (var option in (Option[])[offline, names, json])
            command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var selection = target.Read(parsed);
            using var client = context.Connect(parsed);
            var agents = new List<Agent>();
            using var call = client.Agents.ListAgents(new ListAgentsRequest { Target = selection }, deadline: context.Soon, cancellationToken: cancellationToken);
            while (await call.ResponseStream.MoveNext(cancellationToken))
                agents.AddRange(call.ResponseStream.Current.Agents.Where(a => !parsed.GetValue(offline) || !a.Online));
            if (agents.Count == 0 && !parsed.GetValue(offline))
                context.Screen.Note("no host is enrolled yet; an admin creates the command line that adds one: fleet token create --install");
            if (parsed.GetValue(names))
                await context.Screen.Writer.WriteLineAsync($"{NodeSet.Fold(agents.Select(a => a.Name))}");
            else
                AgentTables.List(context.Screen, agents, parsed.GetValue(json), context.Time.GetUtcNow());
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var name = new Argument<string>("host") { Description = "Name or id." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("show", "Show details of one host.") { name, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var agent = await client.Agents.GetAgentAsync(new GetAgentRequest { Name = parsed.GetValue(name) }, deadline: context.Soon, cancellationToken: cancellationToken);
            AgentTables.Show(context.Screen, agent, parsed.GetValue(json), context.Time.GetUtcNow());
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Label(CommandContext context)
    {
        var command = new Command("label", "Set or remove labels: fleet agents label TARGET --set role=web --remove old.");
        var target = new TargetOptionSet(command, required: true);
        var set = new Option<KeyValuePair<string, string>[]>("--set", "-s")
        {
            Description = "KEY=VALUE; may be repeated.", HelpName = "KEY=VALUE", CustomParser = OptionValues.Assignments,
        };
        var remove = new Option<string[]>("--remove", "-r") { Description = "KEY; may be repeated.", HelpName = "KEY" };
        command.Options.Add(set);
        command.Options.Add(remove);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new SetLabelsRequest { Target = target.Read(parsed) };
            foreach (var (key, value) in parsed.GetValue(set) ?? [])
                request.Set[LabelKey.Parse(key).ToString()] = value;
            request.Remove.AddRange((parsed.GetValue(remove) ?? []).Select(key => LabelKey.Parse(key).ToString()));
            if (request.Set.Count + request.Remove.Count == 0)
                throw CommandFailure.Usage("there is nothing to change", "give --set KEY=VALUE or --remove KEY");
            using var client = context.Connect(parsed);
            var reply = await client.Agents.SetLabelsAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
            if (reply.Changed.Count > 0)
                await context.Screen.Writer.WriteLineAsync($"changed: {NodeSet.Fold(reply.Changed)}");
            if (reply.Unchanged.Count > 0)
                await context.Screen.Writer.WriteLineAsync($"unchanged: {NodeSet.Fold(reply.Unchanged)}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command ClearDuplicate(CommandContext context)
    {
        var command = new Command(
            "clear-duplicate", "Clear the duplicate flag of hosts whose identity two processes used: the process that is connected now is the host, and held tasks are dispatched.");
        var target = new TargetOptionSet(command, required: true);
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation." };
        command.Options.Add(yes);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var selection = target.Read(parsed);
            using var client = context.Connect(parsed);
            var preview = await client.Jobs.PreviewTargetAsync(new PreviewTargetRequest { Target = selection }, deadline: context.Soon, cancellationToken: cancellationToken);
            var confirmation = new HostConfirmation(0, parsed.GetValue(yes), context.Screen.Input, context.Screen.Err);
            confirmation.Ask("clear", preview, everyHost: true);
            var shown = new TargetSelection { Expression = NodeSet.Fold(preview.Names) };
            var reply = await client.Agents.ClearDuplicatesAsync(new ClearDuplicatesRequest { Target = shown }, deadline: context.Soon, cancellationToken: cancellationToken);
            if (reply.Cleared.Count > 0)
                await context.Screen.Writer.WriteLineAsync($"cleared: {NodeSet.Fold(reply.Cleared)}");
            if (reply.Unchanged.Count > 0)
                await context.Screen.Writer.WriteLineAsync($"unchanged: {NodeSet.Fold(reply.Unchanged)}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var command = new Command("remove", "Remove hosts from the fleet: their certificates are revoked and their connections closed at once.");
        var target = new TargetOptionSet(command, required: true);
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation." };
        command.Options.Add(yes);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var selection = target.Read(parsed);
            using var client = context.Connect(parsed);
            var preview = await client.Jobs.PreviewTargetAsync(new PreviewTargetRequest { Target = selection }, deadline: context.Soon, cancellationToken: cancellationToken);
            var confirmation = new HostConfirmation(0, parsed.GetValue(yes), context.Screen.Input, context.Screen.Err);
            confirmation.Ask("remove", preview, everyHost: true);
            // By name: exactly the hosts that were shown.
            var shown = new TargetSelection { Expression = NodeSet.Fold(preview.Names) };
            var reply = await client.Agents.RemoveAgentsAsync(new RemoveAgentsRequest { Target = shown }, deadline: context.Soon, cancellationToken: cancellationToken);
            await context.Screen.Writer.WriteLineAsync($"removed: {NodeSet.Fold(reply.Removed)}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Explain(CommandContext context)
    {
        var name = new Argument<string>("host") { Description = "Name of the host." };
        var expression = new Argument<string>("target") { Description = "The target." };
        var command = new Command("explain", "Explain clause by clause why a target matches a host or does not.") { name, expression };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Protocol.Targets.Target.Parse(parsed.GetValue(expression)!);
            using var client = context.Connect(parsed);
            var request = new ExplainTargetRequest
            {
                Name = parsed.GetValue(name), Target = new TargetSelection { Expression = parsed.GetValue(expression) },
            };
            var reply = await client.Agents.ExplainTargetAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
            foreach (var line in reply.Lines)
                await context.Screen.Writer.WriteLineAsync($"{line}");
            return reply.Matches ? ExitCode.Success : ExitCode.SomeFailed;
        });
        return command;
    }
}
