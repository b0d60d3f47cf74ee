using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Exec;

/// <summary>`fleet ping`: a task that starts no process; who answers, and how fast the whole round is.</summary>
internal static class PingCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("ping", "Check that hosts respond, with a job that starts no process on them.");
        var target = new TargetOptionSet(command, required: true);
        var run = new JobRun(command, context);
        command.SetAction((parsed, cancellationToken) =>
            run.RunAsync(parsed, target, [new Step { Builtin = new Builtin { Name = "ping" } }], cancellationToken));
        return command;
    }
}
