using System.CommandLine;
using Fleet.Cli.Confirmation;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Install;

/// <summary>`fleet agents install`: the one time that hosts are reached over ssh. From then on they have an agent.</summary>
internal static class InstallCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command(
            "install", "Install and enroll agents over ssh: --ssh user@host,... or --inventory FILE. Arguments after -- are passed to ssh.");
        var set = new InstallOptionSet(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var targets = set.Targets(parsed, line => context.Screen.Note(line));
            var options = set.Read(parsed, context.Words ?? []);
            if (options.DryRun)
            {
                if (options.Json)
                    new InstallJson(context.Screen).Preview(targets, options);
                else
                    InstallPreview.Write(context.Screen, targets, options);
                return ExitCode.Success;
            }

            var screen = context.Screen;
            new HostConfirmation(HostConfirmation.AboveOfUser(), set.AssumesYes(parsed), screen.Input, screen.Err)
                .Ask("install agents over ssh", new TargetPreview { Names = { targets.Select(target => target.Name) } }, everyHost: false);
            using var client = context.Connect(parsed);
            return await RunAsync(context, client, targets, options, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, Connection.FleetClient client, IReadOnlyList<InstallTarget> targets, InstallOptions options, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        var token = await InstallToken.CreateAsync(client, context.Time, options, targets.Count, cancellationToken);
        try
        {
            var installer = new HostInstaller(options, token, new LabelUpkeep(client, context.Time), new LinkWatch(client, context.Time), context.Time);
            var json = options.Json ? new InstallJson(context.Screen) : null;
            var rollout = new InstallRollout(installer.InstallAsync, options, context.Screen, context.Time) { WhenDone = json is null ? null : json.Write };
            var results = await rollout.RunAsync(targets, cancellationToken);
            if (json is null)
                InstallReport.Write(context.Screen, results, token.AgentVersion, context.Time.GetElapsedTime(began));
            else
                json.Finish(results, token.AgentVersion, context.Time.GetElapsedTime(began));
            return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : InstallReport.Code(results);
        }
        finally
        {
            if (await token.RevokeAsync() is { } fault)
                context.Screen.Note(fault);
        }
    }
}
