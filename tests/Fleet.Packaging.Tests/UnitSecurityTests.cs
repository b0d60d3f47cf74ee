using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Packaging.Tests;

/// <summary>What `systemd-analyze security` makes of the units is what docs/install.md says.</summary>
public sealed partial class UnitSecurityTests
{
    private static readonly string s_document = File.ReadAllText(Repository.At("docs/install.md"));

    [ToolFact("systemd")]
    public async Task The_controllers_score_is_the_one_in_the_document() =>
        (await ScoreAsync("fleet-controller.service")).ShouldBe(Documented(@"has no capability\s+\(`systemd-analyze security`: ([\d.]+)"));

    [ToolFact("systemd")]
    public async Task The_agents_score_is_the_one_in_the_document() =>
        (await ScoreAsync("fleet-agent.service")).ShouldBe(Documented(@"taken away \(`systemd-analyze security`: ([\d.]+)"));

    [ToolFact("systemd")]
    public async Task The_drop_in_for_hosts_whose_tasks_never_need_root_has_the_score_in_the_document() =>
        (await ScoreAsync("fleet-agent.service", DropIn().Match(s_document).Groups[1].Value)).ShouldBe(Documented(@"confines agent and tasks alike; it scores ([\d.]+)"));

    private static async Task<double> ScoreAsync(string unit, string? dropIn = null)
    {
        var root = Directory.CreateTempSubdirectory("fleet-units-");
        try
        {
            var units = root.CreateSubdirectory("usr/lib/systemd/system").FullName;
            File.Copy(Repository.At("installers/systemd", unit), Path.Combine(units, unit));
            if (dropIn is not null)
                await File.WriteAllTextAsync(Path.Combine(root.CreateSubdirectory($"etc/systemd/system/{unit}.d").FullName, "confined.conf"), dropIn);
            var said = await Shell.RunAsync("systemd-analyze", ["security", "--offline=true", $"--root={root.FullName}", "--no-pager", unit]);
            var score = Overall().Match(said.Text);
            score.Success.ShouldBeTrue(said.Text);
            return double.Parse(score.Groups[1].Value, CultureInfo.InvariantCulture);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static double Documented(string pattern)
    {
        var match = Regex.Match(s_document, pattern);
        match.Success.ShouldBeTrue(pattern);
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Overall exposure level for [^:]+: ([\d.]+)")]
    private static partial Regex Overall();

    [GeneratedRegex(@"(?s)```\n(\[Service\]\n.*?)```")]
    private static partial Regex DropIn();
}
