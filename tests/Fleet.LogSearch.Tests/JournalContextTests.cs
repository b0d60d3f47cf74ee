using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fleet.LogSearch.Journal;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using Fleet.LogSearch.Times;

namespace Fleet.LogSearch.Tests;

/// <summary>What stands around entries that match: the same as grep finds in what journalctl prints, over several files at once.</summary>
public sealed class JournalContextTests : IDisposable
{
    private const string Writer = "/lib/systemd/systemd-journal-remote";
    private const int Files = 3;
    private const int Entries = 1500;
    private static readonly DateTimeOffset s_start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private readonly ScratchDirectory _scratch = new();

    [ToolFact("systemd", "systemd-journal-remote")]
    public async Task Context_is_what_grep_shows_of_what_journalctl_prints()
    {
        await WriteAsync();
        DateTimeOffset since = s_start.AddSeconds(50), until = s_start.AddSeconds(120);
        string[] window = ["--since", Stamp(since), "--until", Stamp(until)];
        FieldFilter[] unit = [FieldFilter.Parse("unit=sshd"), FieldFilter.Parse("priority<=err")];
        (string[] Journalctl, string[] Grep, LogQuery Query)[] questions =
        [
            ([], ["-C", "2", "panic"], Query("panic", 2, 2)),
            ([], ["-B", "3", "panic"], Query("panic", 3, 0)),
            ([], ["-A", "3", "panic"], Query("panic", 0, 3)),
            ([], ["-C", "1", "-v", "request"], Query("request", 1, 1) with { Sense = MatchSense.NotMatching }),
            ([], ["-C", "40", "panic"], Query("panic", 40, 40)),
            (window, ["-C", "2", "panic"], Query("panic", 2, 2) with { Window = new TimeWindow(since, until) }),
            (["_SYSTEMD_UNIT=sshd.service", "-p", "err"], ["-C", "2", "panic"], Query("panic", 2, 2) with { JournalFields = unit }),
        ];

        foreach ((string[] journalctl, string[] grep, LogQuery query) in questions)
        {
            string expected = await ExpectedAsync(journalctl, grep);
            var list = new MatchList();
            SearchOutcome outcome = LogSearcher.Run(query, [new JournalSource(_scratch.Path)], list, default);

            string what = string.Join(' ', [.. journalctl, .. grep]);
            outcome.Sources[0].Reason.ShouldBe("", what);
            Render(list.Matches).ShouldBe(expected, what);
            expected.Split('\n').Length.ShouldBeGreaterThan(10, what);
            list.Matches.ShouldAllBe(line => line.Cursor!.StartsWith("s="));
        }
    }

    [ToolFact("systemd", "systemd-journal-remote")]
    public async Task A_limit_of_matches_ends_context_too()
    {
        await WriteAsync();
        var list = new MatchList();
        SearchOutcome outcome = LogSearcher.Run(Query("panic", 1, 1) with { Limits = new SearchLimits { Matches = 3 } }, [new JournalSource(_scratch.Path)], list, default);

        outcome.Sources[0].End.ShouldBe(SearchEnd.MatchLimit);
        list.Matches.Count(line => line.Role == LineRole.Match).ShouldBe(3);
        list.Matches.Count.ShouldBeLessThanOrEqualTo(9);
    }

    [ToolFact("systemd", "systemd-journal-remote")]
    public async Task A_journal_cut_short_gives_what_matches_with_what_context_there_is()
    {
        await WriteAsync();
        using (FileStream file = File.OpenWrite(Path.Join(_scratch.Path, "part1.journal")))
        {
            file.SetLength(file.Length / 3);
        }

        var list = new MatchList();
        SourceOutcome outcome = LogSearcher.Run(Query("panic", 2, 2), [new JournalSource(_scratch.Path)], list, default).Sources[0];

        outcome.Reason.ShouldContain("damaged or truncated");
        outcome.Matches.ShouldBeGreaterThan(10);
        list.Matches.Count(line => line.Role == LineRole.Match).ShouldBe((int)outcome.Matches);
    }

    public void Dispose() => _scratch.Dispose();

    private static LogQuery Query(string pattern, int before, int after) => new() { Patterns = [new LogPattern("p", pattern)], Before = before, After = after };

    private static string Stamp(DateTimeOffset time) => "@" + time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Render(IReadOnlyList<LogMatch> lines) =>
        string.Join('\n', lines.SelectMany((line, i) => line.StartsGroup && i > 0 ? new[] { "--", Encoding.UTF8.GetString(line.Text.Span) } : [Encoding.UTF8.GetString(line.Text.Span)]));

    private async Task<string> ExpectedAsync(string[] journalctl, string[] grep)
    {
        byte[] output = await ReferenceTool.RunAsync("journalctl", ["-D", _scratch.Path, "-q", "--no-pager", "-a", "-o", "json", "--output-fields=MESSAGE", .. journalctl]);
        IEnumerable<string> messages = Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var entry = JsonDocument.Parse(line);
            return entry.RootElement.GetProperty("MESSAGE").GetString()!;
        });
        string path = _scratch.Write("printed/text", string.Join('\n', messages) + "\n");
        return Encoding.UTF8.GetString(await ReferenceTool.RunAsync("grep", [.. grep[..^1], "-e", grep[^1], path])).TrimEnd('\n');
    }

    // Entries go to the files in turns: in the order of time neighbors are in different files.
    private async Task WriteAsync()
    {
        for (int file = 0; file < Files; file++)
        {
            var start = new ProcessStartInfo(Writer) { RedirectStandardInput = true, RedirectStandardError = true };
            foreach (string word in (string[])["-o", Path.Join(_scratch.Path, $"part{file}.journal"), "-"])
            {
                start.ArgumentList.Add(word);
            }

            using Process process = Process.Start(start)!;
            await process.StandardInput.WriteAsync(EntriesOf(file)).WaitAsync(TimeSpan.FromSeconds(30));
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            process.ExitCode.ShouldBe(0, await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(5)));
        }
    }

    private static string EntriesOf(int file)
    {
        var random = new Random(11);
        string[] units = ["sshd.service", "cron.service"];
        var text = new StringBuilder();
        for (int i = 0; i < Entries; i++)
        {
            int into = random.Next(Files);
            string unit = units[random.Next(2)];
            string message = random.Next(25) == 0 ? $"panic {i}" : random.Next(30) == 0 ? "the same again" : $"request {i} done";
            int priority = random.Next(8);
            long time = (s_start.ToUnixTimeMilliseconds() + (i * 131L)) * 1000;
            if (into == file)
            {
                text.Append(CultureInfo.InvariantCulture, $"__REALTIME_TIMESTAMP={time}\n__MONOTONIC_TIMESTAMP={time - 1_000_000}\n_BOOT_ID={new string('a', 32)}\n")
                    .Append(CultureInfo.InvariantCulture, $"PRIORITY={priority}\n_SYSTEMD_UNIT={unit}\nMESSAGE={message}\n\n");
            }
        }

        return text.ToString();
    }
}
