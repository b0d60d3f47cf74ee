using System.Globalization;
using System.Text.Json;
using Fleet.Harness;
using Fleet.Hosts;

namespace Fleet.EndToEnd.Hosts;

/// <summary>What tests of upgrades order and look at.</summary>
internal sealed class UpgradeSeat(OperatorSeat admin)
{
    /// <summary>Runs `fleet agents upgrade` to its end.</summary>
    public Task<CommandResult> UpgradeAsync(params string[] words) => admin.RunAsync(["agents", "upgrade", .. words]);

    /// <summary>Starts an upgrade and leaves it to itself; the job's id.</summary>
    public async Task<string> StartAsync(params string[] words)
    {
        var started = await UpgradeAsync(["--detach", .. words]);
        return started.ExitCode == 0 ? started.Stdout.Trim() : throw new InvalidOperationException($"The upgrade was not begun: {started}");
    }

    /// <summary>An agent's version, once it is online.</summary>
    public async Task<string> VersionAsync(string agent)
    {
        await UntilOnlineAsync(agent);
        using var json = JsonDocument.Parse((await admin.RunAsync("agents", "show", agent, "--json")).Stdout);
        return json.RootElement.GetProperty("version").GetString()!;
    }

    /// <summary>How many of all agents are of a version and online.</summary>
    public async Task<int> CountAsync(string version)
    {
        var list = await admin.RunAsync("agents", "list", "--json");
        return list.Stdout.Split('\n').Count(line =>
            line.Contains("\"online\":true", StringComparison.Ordinal) && line.Contains($"\"version\":\"{version}\"", StringComparison.Ordinal));
    }

    /// <summary>Waits until an agent has a link.</summary>
    public Task UntilOnlineAsync(string agent) => Patience.UntilAsync($"{agent} is online", () => JobOnHost.IsOnlineAsync(admin, agent));

    /// <summary>The ends of a job's hosts, from what `--json` printed.</summary>
    public static Dictionary<string, (string State, string Reason)> Results(string lines) => lines
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(line => line.GetProperty("type").GetString() == "result")
        .ToDictionary(
            line => line.GetProperty("host").GetString()!,
            line => (line.GetProperty("state").GetString()!, line.TryGetProperty("reason", out var reason) ? reason.GetString()! : ""));

    /// <summary>From the last goodbye of an agent to the link that followed, by the host's own clock.</summary>
    public static async Task<TimeSpan> AwayAsync(TestHost host)
    {
        var journal = await host.JournalAsync("--unit=fleet-agent", "--output=json", "--output-fields=MESSAGE", "--boot");
        var lines = journal.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => (Text: line.GetProperty("MESSAGE").ToString(), At: long.Parse(line.GetProperty("__MONOTONIC_TIMESTAMP").GetString()!, CultureInfo.InvariantCulture)))
            .ToList();
        var gone = lines.FindLastIndex(line => line.Text.Contains("Stopping; ", StringComparison.Ordinal));
        var back = lines.FindIndex(Math.Max(gone, 0), line => line.Text.Contains("Connected (", StringComparison.Ordinal));
        return gone < 0 || back < 0
            ? throw new InvalidOperationException($"{host.Name} did not leave and come back:\n{string.Join('\n', lines.Select(line => line.Text))}")
            : TimeSpan.FromMicroseconds(lines[back].At - lines[gone].At);
    }
}
