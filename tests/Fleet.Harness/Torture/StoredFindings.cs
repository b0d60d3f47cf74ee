using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fleet.Harness.Torture;

/// <summary>A gap, as the controller has it.</summary>
internal sealed record StoredGap(string Source, string Cause, long SinceUs, long UntilUs);

/// <summary>What the controller has of a scan.</summary>
internal sealed partial class StoredFindings
{
    private const int LeastKept = 1000;

    /// <summary>How often each line is there.</summary>
    public Dictionary<(string Log, int Number), int> Lines { get; } = [];

    /// <summary>Hits whose text is none that was written.</summary>
    public List<string> Strange { get; } = [];

    public List<StoredGap> Gaps { get; } = [];

    /// <summary>Asks for all of it.</summary>
    public static async Task<StoredFindings> ReadAsync(OperatorSeat seat, string scan, Func<string, int, byte[]?> textOf)
    {
        var result = await OneShot.RunAsync(
            Binaries.Cli, ["hits", "--scan", scan, "--since", "6h", "--limit", "100000", "--json"], seat.Environment, limit: TimeSpan.FromMinutes(3));
        if (result.ExitCode >= 2)
            throw new InvalidOperationException($"hits of {scan}: {result}");
        var found = new StoredFindings();
        foreach (var line in result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            found.Add(document.RootElement, textOf);
        }

        return found;
    }

    private void Add(JsonElement json, Func<string, int, byte[]?> textOf)
    {
        switch (json.GetProperty("type").GetString())
        {
            case "hit":
                var text = json.TryGetProperty("text_base64", out var bytes) ? bytes.GetBytesFromBase64() : Encoding.UTF8.GetBytes(json.GetProperty("text").GetString()!);
                var head = Head().Match(Encoding.Latin1.GetString(text));
                var key = head.Success ? (head.Groups[1].Value, int.Parse(head.Groups[2].ValueSpan)) : ("", 0);
                // A line that is too long is cut where it is kept.
                if (head.Success && textOf(key.Item1, key.Item2) is { } whole && (whole.AsSpan().SequenceEqual(text) || (json.TryGetProperty("truncated", out _) && text.Length >= LeastKept && whole.AsSpan().StartsWith(text))))
                    Lines[key] = Lines.GetValueOrDefault(key) + 1;
                else
                    Strange.Add(Encoding.Latin1.GetString(text[..Math.Min(120, text.Length)]));
                break;
            case "gap":
                Gaps.Add(new StoredGap(json.GetProperty("source").GetString()!, json.GetProperty("cause").GetString()!, Time(json, "started_at"), Time(json, "ended_at")));
                break;
            case "hit_summary":
                throw new InvalidOperationException("hits were counted instead of being stored one by one");
            case "summary" when json.GetProperty("truncated").GetBoolean():
                throw new InvalidOperationException("there are more hits of one scan than can be read at once");
        }
    }

    private static long Time(JsonElement json, string name) =>
        json.TryGetProperty(name, out var time) ? (time.GetDateTimeOffset() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : 0;

    [GeneratedRegex(@"^T (\S+) (\d{7}) ")]
    private static partial Regex Head();
}
