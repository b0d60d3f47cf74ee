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
        var command = new Command("check", "Check scan files without a controller: every fault with its file, line and column. With --try, look through a log at hand.");
        var files = new ScanFileOptionSet(command);
        var log = new Option<string[]>("--try") { Description = "A log on this machine to look through as the scans would; may be repeated.", HelpName = "PATH" };
        command.Options.Add(log);
        command.SetAction((parsed, cancellationToken) =>
        {
            var faults = new ScanFaults();
            var unset = new SortedSet<string>(StringComparer.Ordinal);
            var set = files.Read(parsed, faults, unset);
            faults.ThrowIfAny("these files are not well");
            context.Screen.Note($"{Count(set.Scans.Count, "scan")} and {Count(set.Channels.Count, "channel")} in {Count(set.Files, "file")}: well");
            if (unset.Count > 0)
                context.Screen.Note($"not set here, to be set for fleet scan apply: {string.Join(", ", unset)}");
            var elsewhere = set.Mentions.Select(mention => mention.Text).Except(set.Channels.Select(channel => channel.Name)).Distinct().ToList();
            if (elsewhere.Count > 0)
                context.Screen.Note($"not in these files, so the controller must have them: {string.Join(", ", elsewhere)}");
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
        select $"warning: {scan.Name}, pattern {(pattern.Pattern.Name.Length > 0 ? pattern.Pattern.Name : pattern.Pattern.Text)}: nothing makes use of the named group <{name}>; "
            + "it groups as (?:...) does";

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
