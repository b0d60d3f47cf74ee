using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Cli.Tests.Terminal;

namespace Fleet.Cli.Tests;

/// <summary>Every record that any command prints with --json keeps to docs/json.md: its names, the form of its times, the unit of its durations.</summary>
public sealed partial class JsonRecordTests : IDisposable
{
    // FilledMessages gives every time this value, so that a number of this size is a time in the wrong form.
    private const double UnixMs = 1_796_000_000_000;
    private const double UnixUs = UnixMs * 1000;

    // Durations that FilledMessages fills as it fills times.
    private static readonly string[] s_durations = ["every_ms", "bucket_ms", "elapsed_ms", "wall_ms", "cpu_ms", "user_cpu_ms", "system_cpu_ms", "round_trip_ms"];

    private readonly FilledRun _run = new();

    public void Dispose() => _run.Dispose();

    public static TheoryData<string> CommandLines => [.. FilledRun.CommandLines.Where(line => line.Contains("--json", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task Every_record_has_the_form_that_the_document_promises(string commandLine)
    {
        var documented = Names().Matches(await File.ReadAllTextAsync(Repository.At("docs", "json.md"))).Select(match => match.Groups[1].Value).ToHashSet();
        var records = 0;
        for (var turn = 0; turn < FilledMessages.Turns; turn++)
        {
            var (screen, text) = Some.Screen();
            await _run.RunAsync(screen, commandLine, new FilledController("text", turn, FilledRun.IsSearch(commandLine, turn), refusal: null));
            foreach (var line in text.ToString().Split('\n').Where(line => line.StartsWith('{')))
            {
                using var record = JsonDocument.Parse(line);
                (record.RootElement.GetProperty("v").GetInt32(), ++records).ShouldBe((1, records));
                documented.ShouldContain(record.RootElement.GetProperty("type").GetString()!, line);
                Check(record.RootElement, documented, line);
            }
        }

        records.ShouldBeGreaterThan(0);
    }

    private static void Check(JsonElement element, HashSet<string> documented, string line)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                Check(item, documented, line);
        }

        if (element.ValueKind != JsonValueKind.Object)
            return;
        foreach (var field in element.EnumerateObject())
        {
            // What these hold is named by operators.
            if (field.Name is "labels" or "facts")
                continue;
            documented.ShouldContain(field.Name.Replace("_base64", "", StringComparison.Ordinal), line);
            CheckForm(field, line);
            Check(field.Value, documented, line);
        }
    }

    private static void CheckForm(JsonProperty field, string line)
    {
        if (field.Name == "time" || field.Name.EndsWith("_at", StringComparison.Ordinal))
            field.Value.GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", $"{field.Name} of {line}");
        if (field.Name.EndsWith("_ms", StringComparison.Ordinal))
            s_durations.ShouldContain(field.Name, line);
        else if (field.Value.ValueKind == JsonValueKind.Number)
            field.Value.GetDouble().ShouldNotBeOneOf([UnixMs, UnixUs], $"{field.Name} of {line}");
        if (field.Name.EndsWith("_us", StringComparison.Ordinal) || field.Name.EndsWith("_s", StringComparison.Ordinal))
            field.Name.ShouldEndWith("_ms", customMessage: line);
        if (field.Name == "hosts")
            field.Value.ValueKind.ShouldBe(JsonValueKind.Array, line);
        if (field.Name == "host_count")
            field.Value.ValueKind.ShouldBe(JsonValueKind.Number, line);
    }

    [GeneratedRegex("`([a-z0-9_]+)`")]
    private static partial Regex Names();
}
