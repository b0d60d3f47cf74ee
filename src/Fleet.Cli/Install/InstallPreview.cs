using System.Text;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.Folding;

namespace Fleet.Cli.Install;

/// <summary>`--dry-run`: which hosts, as whom, with which labels, and how ssh would be started.</summary>
internal static class InstallPreview
{
    /// <summary>Prints it.</summary>
    public static void Write(Screen screen, IReadOnlyList<InstallTarget> targets, InstallOptions options)
    {
        var fold = new OutputFold<string>(Likeness.Similar);
        foreach (var target in targets)
            fold.TryAdd(target.Name, Way(target, options), Encoding.UTF8.GetBytes(Command(target, options)));
        foreach (var group in fold.Snapshot())
        {
            var number = group.Hosts.Count == 1 ? "" : $" ({group.Hosts.Count} hosts)";
            var shown = group.Hosts.Count == 1 ? "" : $"; for {group.Representative}:";
            screen.Out.WriteLine($"{TextStyle.Bold}{Heading.Mark}{group.Hosts.ToString()}{TextStyle.Plain}{number} {group.Key}{shown}");
            screen.Writer.Write(group.Text);
        }

        screen.Writer.Flush();
        screen.Note($"nothing was changed; {Plural.Of(targets.Count, "host")} would each run the command line of `fleet token create --install`, with sudo -n if the user is not root");
    }

    private static string Way(InstallTarget target, InstallOptions options)
    {
        List<string> parts = ["would be installed"];
        if (target.User is { } user)
            parts.Add($"as {user}");
        if (target.Port is { } port)
            parts.Add($"port {port}");
        if (options.Proxy is { } proxy)
            parts.Add($"through the proxy {proxy}");
        if (options.LabelsOf(target) is { Count: > 0 } labels)
            parts.Add($"labels {string.Join(' ', labels)}");
        return string.Join(", ", parts);
    }

    private static string Command(InstallTarget target, InstallOptions options) =>
        $"ssh {ShellText.Line(SshArguments.Of(target, options.ConnectTimeout, options.SshOptions))}\n";
}
