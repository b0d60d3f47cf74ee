using System.CommandLine;
using Fleet.Cli.Connection;
using Fleet.Cli.Scans.Files;
using Fleet.Protocol;
using Fleet.Protocol.Calls;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Scans;

/// <summary>`fleet scan apply`: makes the controller's scans what the files say, all of it or nothing.</summary>
internal static class ScanApplyCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("apply", "Apply scan files, all or nothing: fleet scan apply -f scans.yaml.");
        var files = new ScanFileOptionSet(command);
        var dryRun = new Option<bool>("--dry-run") { Description = "Only print what would change." };
        var prune = new Option<bool>("--prune") { Description = "Delete scans and channels that are not in the files." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation before deleting." };
        foreach (var option in (Option[])[dryRun, prune, yes])
            command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var faults = new ScanFaults();
            var set = files.Read(parsed, faults, unset: null);
            faults.ThrowIfAny();
            var request = new ApplyScansRequest { Scans = { set.Scans }, Channels = { set.Channels }, Prune = parsed.GetValue(prune), DryRun = parsed.GetValue(dryRun) };
            if (request.CalculateSize() > Limits.MessageBytes - 1024)
                throw CommandFailure.Usage("these scans exceed the message limit (4 MiB)", "apply them in parts, without --prune");
            using var client = context.Connect(parsed);
            await CheckMentionsAsync(context, client, set, request.Prune, faults, cancellationToken);
            if (request.Prune && !request.DryRun)
                await AskAsync(context, client, request, parsed.GetValue(yes), cancellationToken);
            var reply = await client.Scans.ApplyScansAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
            var would = request.DryRun ? "would be " : "";
            await ScanCommand.NamesAsync(context, $"{would}created", reply.Created);
            await ScanCommand.NamesAsync(context, $"{would}changed", reply.Changed);
            await ScanCommand.NamesAsync(context, $"{would}deleted", reply.Deleted);
            await ScanCommand.NamesAsync(context, "unchanged", reply.Unchanged);
            await NoteEmptyTargetsAsync(context, client, set.Scans, cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task CheckMentionsAsync(
        CommandContext context, FleetClient client, ScanFileSet set, bool prune, ScanFaults faults, CancellationToken cancellationToken)
    {
        if (set.Mentions.Count == 0)
            return;
        // Those that the controller has count too, unless they are about to go.
        var known = prune ? null : await client.Scans.ListScansAsync(new ListScansRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
        set.CheckMentions(known?.Channels.Select(channel => channel.Name) ?? [], faults);
        faults.ThrowIfAny();
    }

    // Not refused: hosts may join later. A typo in a label would otherwise be noticed when the first alert does not come.
    private static async Task NoteEmptyTargetsAsync(CommandContext context, FleetClient client, IEnumerable<ScanDefinition> scans, CancellationToken cancellationToken)
    {
        foreach (var sameTarget in scans.GroupBy(scan => scan.Target, StringComparer.Ordinal))
        {
            try
            {
                await client.Jobs.PreviewTargetAsync(
                    new PreviewTargetRequest { Target = new TargetSelection { Expression = sameTarget.Key } }, deadline: context.Soon, cancellationToken: cancellationToken);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                context.Screen.Note($"no host matches the target of {string.Join(", ", sameTarget.Select(scan => scan.Name))} now ({sameTarget.Key}): {e.Reason()}");
            }
        }
    }

    private static async Task AskAsync(CommandContext context, FleetClient client, ApplyScansRequest request, bool yes, CancellationToken cancellationToken)
    {
        if (yes || context.Screen.Input is null)
            return;
        var trial = request.Clone();
        trial.DryRun = true;
        var reply = await client.Scans.ApplyScansAsync(trial, deadline: context.Soon, cancellationToken: cancellationToken);
        if (reply.Deleted.Count > 0)
            YesOrNo.Ask(context.Screen, yes, $"this deletes {string.Join(", ", reply.Deleted)}");
    }
}
