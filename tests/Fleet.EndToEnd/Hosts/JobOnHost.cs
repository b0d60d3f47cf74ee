using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd.Hosts;

/// <summary>Jobs that go on while the test does something to their host.</summary>
internal static class JobOnHost
{
    /// <summary>Starts a job and leaves it to itself; its id.</summary>
    public static async Task<string> StartAsync(OperatorSeat seat, params string[] exec)
    {
        var started = await seat.RunAsync(["exec", "--detach", .. exec]);
        return started.ExitCode == 0 ? started.Stdout.Trim() : throw new InvalidOperationException($"The job was not created: {started}");
    }

    /// <summary>The end of its only task.</summary>
    public static async Task<JsonElement> EndAsync(OperatorSeat seat, string job)
    {
        var watched = await seat.RunAsync("jobs", "watch", job, "--json");
        using var json = JsonDocument.Parse(watched.Stdout.Split('\n')[0]);
        return json.RootElement.Clone();
    }

    /// <summary>Whether the controller has a link to an agent now.</summary>
    public static async Task<bool> IsOnlineAsync(OperatorSeat seat, string agent)
    {
        var list = await seat.RunAsync("agents", "list", agent, "--json");
        return list.Stdout.Contains("\"online\":true", StringComparison.Ordinal);
    }
}
