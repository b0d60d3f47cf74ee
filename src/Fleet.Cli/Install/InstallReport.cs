using System.Text;
using Fleet.Cli.Output;
using Fleet.Protocol.Folding;
using Fleet.Protocol.NodeSets;
using Spectre.Console;

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
            var details = HostText.Decode(Encoding.UTF8.GetBytes(outcome.Details), screen.OutIsTerminal);
            fold.TryAdd(target.Name, new Ending(outcome.Kind, outcome.Reason), Encoding.UTF8.GetBytes(details));
        }

        foreach (var group in fold.Snapshot().OrderBy(g => g.Key.Kind).ThenBy(g => g.Key.Reason, StringComparer.Ordinal))
        {
            Head(screen, group, agentVersion);
            // Hosts given by address, or by an alias, have another name in the fleet.
            var names = group.Hosts.Where(agents.ContainsKey).Select(host => agents[host]).ToList();
            if (names.Count > 0 && !NodeSet.Of(names).Equals(group.Hosts))
                screen.Writer.WriteLine($"agents: {NodeSet.Fold(names)}");
            screen.Writer.Write(group.Text);
            if (InstallWords.Mend(group.Key.Kind) is { Length: > 0 } mend)
                screen.Writer.WriteLine($"  {mend}");
        }

        screen.Writer.Flush();
        screen.Err.MarkupLine(Summary(results, elapsed));
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
        var colour = isGood ? "green" : "red";
        var number = group.Hosts.Count == 1 ? "" : $" ({group.Hosts.Count} hosts)";
        var reason = group.Key.Kind == InstallKind.Installed ? $": agent {agentVersion}" : group.Key.Reason.Length > 0 ? $": {group.Key.Reason}" : "";
        var variants = group.Variants > 1 ? $", {group.Variants} variants; shown: {group.Representative}" : "";
        var words = HostText.Decode(Encoding.UTF8.GetBytes(InstallWords.Of(group.Key.Kind) + reason + variants), screen.OutIsTerminal);
        screen.Out.MarkupLine($"[{colour} bold]--- {Markup.Escape(group.Hosts.ToString())}[/]{number} [{colour}]{Markup.Escape(words)}[/]");
    }

    private static string Summary(IReadOnlyList<HostResult> results, TimeSpan elapsed)
    {
        var parts = results.GroupBy(result => result.Outcome.Kind).OrderBy(kind => kind.Key).Select(kind =>
            $"[{(kind.First().Outcome.IsGood ? "green" : "red")}]{kind.Count()} {InstallWords.Of(kind.Key).Split(',')[0]}[/]");
        return $"{results.Count} {(results.Count == 1 ? "host" : "hosts")}: {string.Join(", ", parts)}; {ProgressLine.Elapsed(elapsed)}";
    }

    private sealed record Ending(InstallKind Kind, string Reason);
}
