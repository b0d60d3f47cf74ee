using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fleet.LogSearch.Journal;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using Fleet.LogSearch.Times;

namespace Fleet.LogSearch.Tests;

/// <summary>The same entries as journalctl for the same question, in journals written by systemd-journal-remote.</summary>
public sealed class JournalTests : IDisposable
{
    private const string Writer = "/lib/systemd/systemd-journal-remote";
    private static readonly DateTimeOffset s_start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private readonly ScratchDirectory _scratch = new();

    [ToolTheory("systemd", "systemd-journal-remote")]
    [InlineData(null, null), InlineData("1", null), InlineData("0", "ZSTD"), InlineData("1", "LZ4"), InlineData("1", "XZ")]
    public async Task Finds_the_entries_that_journalctl_finds(string? compact, string? compression)
    {
        string journal = await WriteAsync(compact, compression);
        DateTimeOffset since = s_start.AddSeconds(900), until = s_start.AddSeconds(920);
        (string[] Words, LogQuery Query)[] questions =
        [
            (["-g", "panic|Out of memory", "--case-sensitive=true"], Query("panic|Out of memory")),
            (["-g", "PANIC", "--case-sensitive=false"], Query("PANIC", PatternOptions.IgnoreCase)),
            (["-g", "again"], Query("again")),
            (["-g", "panic", "_SYSTEMD_UNIT=sshd.service", "_SYSTEMD_UNIT=cron.service"], Query("panic") with { JournalFields = [FieldFilter.Parse("unit=sshd"), FieldFilter.Parse("unit=cron")] }),
            (["-g", "request 1", "-p", "err"], Query("request 1") with { JournalFields = [FieldFilter.Parse("priority<=err")] }),
            (["_SYSTEMD_UNIT=cron.service", "PRIORITY=2"], new LogQuery { JournalFields = [FieldFilter.Parse("unit=cron"), FieldFilter.Parse("priority=crit")] }),
            (["-g", "request", "--since", Stamp(since), "--until", Stamp(until)], Query("request") with { Window = new TimeWindow(since, until) }),
            (["-g", "request.*7", "--since", Stamp(since)], Query("request.*7") with { Window = new TimeWindow(since, null) }),
        ];

        foreach ((string[] words, LogQuery query) in questions)
        {
            string[] expected = await JournalctlAsync(journal, words);
            var list = new MatchList();
            SearchOutcome outcome = LogSearcher.Run(query, [new JournalSource(_scratch.Path)], list, default);

            outcome.Sources[0].Reason.ShouldBe("", string.Join(' ', words));
            list.Matches.Select(match => $"{match.Time!.Value.ToUnixTimeMilliseconds()}{match.Time.Value.Microsecond:000} {match}").ShouldBe(expected, string.Join(' ', words));
            expected.Length.ShouldBeGreaterThan(0, string.Join(' ', words));
        }
    }

    [ToolTheory("systemd", "systemd-journal-remote")]
    [InlineData("1", null)]
    public async Task A_cursor_is_the_one_that_journalctl_understands(string? compact, string? compression)
    {
        string journal = await WriteAsync(compact, compression);
        var list = new MatchList();
        LogSearcher.Run(Query("request 77 "), [new JournalSource(journal)], list, default);

        byte[] output = await ReferenceTool.RunAsync("journalctl", "--file", journal, "--cursor", list.Matches.ShouldHaveSingleItem().Cursor!, "-n", "1", "-o", "cat", "-q", "--no-pager", "--no-tail");

        Encoding.UTF8.GetString(output).ShouldStartWith("request 77 ");
    }

    [ToolTheory("systemd", "systemd-journal-remote")]
    [InlineData("1", null)]
    public async Task A_journal_cut_short_gives_what_is_there_and_says_so(string? compact, string? compression)
    {
        string journal = await WriteAsync(compact, compression);
        using (FileStream file = File.OpenWrite(journal))
        {
            file.SetLength(file.Length / 3);
        }

        SearchOutcome outcome = LogSearcher.Run(Query("request"), [new JournalSource(journal)], NoSink.Instance, default);

        outcome.Sources[0].Reason.ShouldContain("damaged or truncated");
    }

    [Fact]
    public void A_host_without_a_journal_is_said_to_have_none()
    {
        SearchOutcome outcome = LogSearcher.Run(Query("x"), [new JournalSource(_scratch.Path)], NoSink.Instance, default);

        (outcome.Sources[0].End, outcome.Sources[0].Reason.Contains("no journal")).ShouldBe((SearchEnd.Failed, true));
    }

    public void Dispose() => _scratch.Dispose();

    private static LogQuery Query(string pattern, PatternOptions options = 0) => new() { Patterns = [new LogPattern("p", pattern, Options: options)] };

    private static string Stamp(DateTimeOffset time) => "@" + time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static async Task<string[]> JournalctlAsync(string journal, string[] words)
    {
        byte[] output = await ReferenceTool.RunAsync("journalctl", ["--file", journal, "-q", "--no-pager", "-a", "-o", "json", "--output-fields=MESSAGE", .. words]);
        return Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var entry = System.Text.Json.JsonDocument.Parse(line);
            return $"{entry.RootElement.GetProperty("__REALTIME_TIMESTAMP").GetString()} {entry.RootElement.GetProperty("MESSAGE").GetString()}";
        }).ToArray();
    }

    private async Task<string> WriteAsync(string? compact, string? compression)
    {
        string path = Path.Join(_scratch.Path, "system.journal");
        var start = new ProcessStartInfo(Writer) { RedirectStandardInput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-o");
        start.ArgumentList.Add(path);
        start.ArgumentList.Add("-");
        if (compact is not null)
        {
            start.Environment["SYSTEMD_JOURNAL_COMPACT"] = compact;
        }

        if (compression is not null)
        {
            start.Environment["SYSTEMD_JOURNAL_COMPRESS"] = compression;
        }

        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(Entries()).WaitAsync(TimeSpan.FromSeconds(30));
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        process.ExitCode.ShouldBe(0, await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(5)));
        return path;
    }

    private static string Entries()
    {
        var random = new Random(5);
        string[] units = ["sshd.service", "cron.service", "nginx.service"];
        var text = new StringBuilder();
        for (int i = 0; i < 4000; i++)
        {
            string unit = units[random.Next(3)];
            string message = random.Next(40) switch
            {
                0 => "kernel panic",
                1 => "Out of memory: Killed process 7",
                2 => "the same message again",
                3 => $"long {string.Join(' ', Enumerable.Range(0, 300).Select(_ => random.Next(50)))} panic",
                _ => $"request {i} done in {random.Next(900)} ms",
            };
            long time = (s_start.ToUnixTimeMilliseconds() + (i * 331L)) * 1000;
            text.Append(CultureInfo.InvariantCulture, $"__REALTIME_TIMESTAMP={time}\n__MONOTONIC_TIMESTAMP={time - 1_000_000}\n_BOOT_ID={(i < 2000 ? new string('a', 32) : new string('b', 32))}\n")
                .Append(CultureInfo.InvariantCulture, $"PRIORITY={random.Next(8)}\n_SYSTEMD_UNIT={unit}\n_PID={random.Next(500)}\nMESSAGE={message}\n\n");
        }

        return text.ToString();
    }
}
