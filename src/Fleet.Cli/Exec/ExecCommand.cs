using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Cli.Spec;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Exec;

/// <summary>`fleet exec`: run a command on many hosts at once.</summary>
internal static class ExecCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("exec", "Run a command on many hosts at once: fleet exec TARGET -- COMMAND, or -c LINE.");
        var lines = new Option<string[]>("--command", "-c")
        {
            Description = "A command line for /bin/sh; may be repeated: all run in one job, in order.",
            HelpName = "LINE",
        };
        var shell = new Option<string?>("--shell") { Description = "Absolute path of another shell for -c lines.", HelpName = "PATH" };
        var target = new TargetOptionSet(command, required: true);
        command.Options.Add(lines);
        command.Options.Add(shell);
        var run = new JobRun(command, context);
        command.SetAction((parsed, cancellationToken) =>
            run.RunAsync(parsed, target, Steps(parsed.GetValue(lines) ?? [], parsed.GetValue(shell), context.Words), cancellationToken));
        return command;
    }

    private static List<Step> Steps(string[] lines, string? shell, IReadOnlyList<string>? words)
    {
        if (lines.Length > 0 && words is { Count: > 0 })
            throw CommandFailure.Usage("both -c and words after -- were given", "give lines with -c, or one command after --");
        if (shell is not null && (lines.Length == 0 || !shell.StartsWith('/')))
            throw CommandFailure.Usage("--shell requires -c and an absolute path");
        if (words is { Count: > 0 })
            return [SpecBuilder.FromWords(words)];
        if (lines.Length == 0)
            throw CommandFailure.Usage("there is nothing to run", "give a command after -- (fleet exec TARGET -- uptime), or a line with -c");
        return [.. lines.Select(line => SpecBuilder.FromLine(line, shell))];
    }
}
