using System.CommandLine;
using Fleet.Cli.Scans.Files;
using Fleet.LogSearch.Matching;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans;

/// <summary>`fleet scan check`: reads scan files as apply does, without a controller; and tries them on a log at hand.</summary>
internal static class ScanCheckCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("check", "Check scan files without a controller: every error with file, line and column. With --try, search a local log.");
        var files = new ScanFileOptionSet(command);
        var log = new Option<string[]>("--try") { Description = "Local log to search as the scans would; may be repeated.", HelpName = "PATH" };
        command.Options.Add(log);
        command.SetAction((parsed, cancellationToken) =>
        {
            var faults = new ScanFaults();
            var unset = new SortedSet<string>(StringComparer.Ordinal);
            var set = files.Read(parsed, faults, unset);
            faults.ThrowIfAny("invalid scan files");
            context.Screen.Note($"{Count(set.Scans.Count, "scan")} and {Count(set.Channels.Count, "channel")} in {Count(set.Files, "file")}: valid");
            if (unset.Count > 0)
                context.Screen.Note($"not set, required by fleet scan apply: {string.Join(", ", unset)}");
            var elsewhere = set.Mentions.Select(mention => mention.Text).Except(set.Channels.Select(channel => channel.Name)).Distinct().ToList();
            if (elsewhere.Count > 0)
                context.Screen.Note($"not in these files, must exist on the controller: {string.Join(", ", elsewhere)}");
            foreach (var note in UnusedNames(set.Scans))
                context.Screen.Note(note);
            foreach (var path in parsed.GetValue(log) ?? [])
                ScanTrial.Run(context.Screen, set.Scans, path, cancellationToken);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    /// <summary>Names of groups, which look as if something came of them.</summary>
    internal static IEnumerable<string> UnusedNames(IEnumerable<ScanDefinition> scans) =>
        from scan in scans
        from pattern in scan.Order.Patterns
        from name in PatternSet.GroupNames(PatternReader.Of(pattern.Pattern))
        select $"warning: {scan.Name}, pattern {(pattern.Pattern.Name.Length > 0 ? pattern.Pattern.Name : pattern.Pattern.Text)}: the named group <{name}> is not used; "
            + "it is treated as (?:...)";

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
