using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd.Scans;

/// <summary>`fleet hits --follow` while the controller is killed and comes back, and from a place that was noted before.</summary>
public sealed class Following_hits : IAsyncLifetime
{
    private const int Interrupt = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private FleetOnThisMachine _fleet = null!;
    private string _log = "";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _fleet = await FleetOnThisMachine.StartAsync();
        await _fleet.AddAgentsAsync(["web1"]);
        _log = Path.Combine(_fleet.Directory, "app.log");
        await File.WriteAllTextAsync(_log, "");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task Every_hit_is_shown_once_through_a_kill_of_the_controller_however_old_its_line_says_it_is()
    {
        var scans = Path.Combine(_fleet.Directory, "scans.yaml");
        await File.WriteAllTextAsync(scans, $"scans: [{{name: app, target: '*', sources: [{{file: '{_log}'}}], patterns: [ERROR], first_run: last 1000 lines}}]");
        (await _fleet.Admin.RunAsync("scan", "apply", "-f", scans)).ExitCode.ShouldBe(0);
        await using var following = _fleet.Admin.Start("hits", "--follow", "--json");
        await SeesAsync(following, "\"type\":\"cursor\"");

        Write("2026-11-20T08:00:00Z ERROR 1");
        await SeesAsync(following, "ERROR 1\"");
        // Between the kill and the end of the pause before the agent comes back: lines that claim to be years old.
        await _fleet.Controller.KillAsync();
        Write("2019-01-01T00:00:00Z ERROR 2", "2018-01-01T00:00:00Z ERROR 3");
        await SeesAsync(following, "connection to the controller lost");
        await _fleet.Controller.StartAsync();
        await SeesAsync(following, "reconnected to the controller");
        await SeesAsync(following, "ERROR 3\"");
        Write("2017-01-01T00:00:00Z ERROR 4");
        await SeesAsync(following, "ERROR 4\"");
        following.Signal(Interrupt);
        (await following.WaitAsync(s_patience)).ShouldBe(130, following.Output);
        var (texts, places) = Read(following.Output);
        texts.ShouldBe(["1", "2", "3", "4"]);

        // From where it ended there is nothing, and then what comes; from where it began there is all of it again.
        Write("2026-11-20T08:00:00Z ERROR 5");
        await using var later = _fleet.Admin.Start("hits", "--follow", "--json", "--after", places[^1]);
        await SeesAsync(later, "ERROR 5\"");
        Read(later.Output).Texts.ShouldBe(["5"]);
        await using var all = _fleet.Admin.Start("hits", "--follow", "--json", "--after", places[0]);
        await SeesAsync(all, "ERROR 5\"");
        Read(all.Output).Texts.ShouldBe(["1", "2", "3", "4", "5"]);
    }

    private void Write(params string[] lines) => File.AppendAllLines(_log, lines);

    private Task SeesAsync(ChildProcess following, string text) => Patience.UntilAsync(
        $"it prints {text}", () => WholeLines(following.Output).Contains(text, StringComparison.Ordinal), s_patience, () => $"{following.Output}\n{_fleet.Controller.Output}");

    private static string WholeLines(string output) => output[..(output.LastIndexOf('\n') + 1)];

    private static (List<string> Texts, List<string> Places) Read(string output)
    {
        var objects = WholeLines(output).Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        return (
            objects.Where(line => Type(line) == "hit").Select(line => line.GetProperty("text").GetString()!.Split(' ')[^1]).ToList(),
            objects.Where(line => Type(line) == "cursor").Select(line => line.GetProperty("cursor").GetString()!).ToList());

        static string? Type(JsonElement line) => line.GetProperty("type").GetString();
    }
}
