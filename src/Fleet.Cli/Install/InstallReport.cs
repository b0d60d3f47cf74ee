using System.Text;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.Folding;
using Fleet.Protocol.NodeSets;

namespace Fleet.Cli.Install;

/// <summary>Hosts that ended alike stand together under a node set: installed ones first, then failures by kind, with what to do about them.</summary>
internal static class InstallReport
{
    /// <summary>Prints it.</summary>
    public static void Write(Screen screen, IReadOnlyList<HostResult> results, string agentVersion, TimeSpan elapsed)
    {
        var agents = results.Where(r => r.Outcome.Agent is not null).ToDictionary(r => r.Target.Name, r => r.Outcome.Agent!.Name, StringComparer.Ordinal);
        var fold = new OutputFold<Ending>(Likeness.Similar);
        foreach (var (target, outcome) in results)
        {
            fold.TryAdd(target.Name, new Ending(outcome.Kind, outcome.Reason), Encoding.UTF8.GetBytes(HostLines.BelowLog(outcome.Details)));
        }

        foreach (var group in fold.Snapshot().OrderBy(g => g.Key.Kind).ThenBy(g => g.Key.Reason, StringComparer.Ordinal))
        {
            Head(screen, group, agentVersion);
            // Hosts given by address, or by an alias, have another name in the fleet.
            var names = group.Hosts.Where(agents.ContainsKey).Select(host => agents[host]).ToList();
            if (names.Count > 0 && !NodeSet.Of(names).Equals(group.Hosts))
                screen.Writer.WriteLine($"agents: {NodeSet.Fold(names)}");
            screen.Writer.Write(group.Text);
            if (InstallFormatter.Hint(group.Key.Kind) is { Length: > 0 } hint)
                screen.Writer.WriteLine($"  {hint}");
        }

        screen.Writer.Flush();
        Summary(screen, results, elapsed);
    }

    /// <summary>What the command ends with.</summary>
    public static int Code(IReadOnlyList<HostResult> results)
    {
        if (results.All(result => result.Outcome.IsGood))
            return ExitCode.Success;
        return results.All(result => result.Outcome.IsGood || result.Outcome.IsSilent) ? ExitCode.SomeNeverAnswered : ExitCode.SomeFailed;
    }

    private static void Head(Screen screen, OutputGroup<Ending> group, string agentVersion)
    {
        var isGood = group.Key.Kind is InstallKind.Installed or InstallKind.AlreadyEnrolled;
        var number = group.Hosts.Count == 1 ? "" : $" ({group.Hosts.Count} hosts)";
        var reason = group.Key.Kind == InstallKind.Installed ? $": agent {agentVersion}" : group.Key.Reason.Length > 0 ? $": {group.Key.Reason}" : "";
        var variants = group.Variants > 1 ? $", {group.Variants} variants; shown: {group.Representative}" : "";
        var words = InstallFormatter.Of(group.Key.Kind) + reason + variants;
        screen.Out.WriteLine(
            $"{(isGood ? TextStyle.GreenBold : TextStyle.RedBold)}{Heading.Mark}{group.Hosts.ToString()}{TextStyle.Plain}{number} {(isGood ? TextStyle.Green : TextStyle.Red)}{words}");
    }

    private static void Summary(Screen screen, IReadOnlyList<HostResult> results, TimeSpan elapsed)
    {
        screen.Err.Write($"{Plural.Of(results.Count, "host")}: ");
        var separator = "";
        foreach (var kind in results.GroupBy(result => result.Outcome.Kind).OrderBy(kind => kind.Key))
        {
            screen.Err.Write($"{separator}{(kind.First().Outcome.IsGood ? TextStyle.Green : TextStyle.Red)}{kind.Count()} {InstallFormatter.Of(kind.Key).Split(',')[0]}");
            separator = ", ";
        }

        screen.Err.WriteLine($"; {ProgressLine.Elapsed(elapsed)}");
    }

    private sealed record Ending(InstallKind Kind, string Reason);
}
