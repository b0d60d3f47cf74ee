using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Cli.Spec;

namespace Fleet.Cli.Exec;

/// <summary>`fleet script`: run a local file on many hosts at once.</summary>
internal static class ScriptCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("script", "Send a script to hosts and run it: fleet script FILE TARGET [-- ARGUMENTS]. Its #! line selects the interpreter.");
        var file = new Argument<string>("file") { Description = "Local script file." };
        command.Arguments.Add(file);
        var target = new TargetOptionSet(command, required: true);
        var run = new JobRun(command, context);
        command.SetAction((parsed, cancellationToken) =>
            run.RunAsync(parsed, target, [SpecBuilder.FromScript(parsed.GetValue(file)!, context.Words ?? [])], cancellationToken));
        return command;
    }
}
