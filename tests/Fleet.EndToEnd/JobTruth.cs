using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd;

/// <summary>What a job's log says when all is over; reading it checks that every task has exactly one true end.</summary>
/// <param name="Ends">How each host's task ended, by host.</param>
/// <param name="Output">Standard output of each host, put together from the log.</param>
internal sealed record JobTruth(IReadOnlyDictionary<string, JsonElement> Ends, IReadOnlyDictionary<string, string> Output)
{
    /// <summary>Reads a job to its end.</summary>
    public static async Task<JobTruth> OfAsync(OperatorSeat seat, string job, TimeSpan? limit = null)
    {
        await Patience.UntilAsync(
            $"job {job} is done",
            async () => (await seat.RunAsync("jobs", "show", job, "--json")).Stdout.Contains("\"done\":true", StringComparison.Ordinal),
            limit ?? TimeSpan.FromSeconds(60));

        var watched = await seat.RunAsync("jobs", "watch", job, "--json", "--stream");
        var events = watched.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var summary = events.Single(e => Type(e) == "summary");
        summary.GetProperty("done").GetBoolean().ShouldBeTrue(watched.ToString());
        var log = events.Where(e => Type(e) != "summary").ToList();
        log.Select(e => e.GetProperty("seq").GetInt64()).ShouldBeInOrder();

        var ends = log.Where(e => Type(e) == "ended").ToList();
        ends.Select(Host).ShouldBeUnique(watched.ToString());
        ends.Count.ShouldBe(summary.GetProperty("host_count").GetInt32(), watched.ToString());
        ends.ShouldAllBe(e => IsTerminal(e.GetProperty("state").GetString()!));
        log.Where(e => Type(e) == "started").Select(Host).ShouldBeUnique(watched.ToString());
        return new JobTruth(
            ends.ToDictionary(Host),
            log.Where(e => Type(e) == "output" && e.GetProperty("stream").GetString() == "stdout").GroupBy(Host).ToDictionary(g => g.Key, g => Join(g, watched)));
    }

    /// <summary>The state in which a host's task ended.</summary>
    public string State(string host) => Ends[host].GetProperty("state").GetString()!;

    /// <summary>Why.</summary>
    public string Reason(string host) => Ends[host].TryGetProperty("reason", out var reason) ? reason.GetString()! : "";

    private static string Join(IEnumerable<JsonElement> chunks, CommandResult evidence)
    {
        var text = "";
        foreach (var chunk in chunks)
        {
            // In order, none twice, none missing.
            chunk.GetProperty("offset").GetInt32().ShouldBe(text.Length, evidence.ToString());
            text += chunk.GetProperty("data").GetString();
        }

        return text;
    }

    private static bool IsTerminal(string state) =>
        state is "succeeded" or "failed" or "timed_out" or "cancelled" or "rejected" or "expired" or "interrupted" or "skipped";

    private static string Type(JsonElement e) => e.GetProperty("type").GetString()!;

    private static string Host(JsonElement e) => e.GetProperty("host").GetString()!;
}
