using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Scans;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests.Scans;

/// <summary>Follows journal files that systemd-journal-remote writes and rotates.</summary>
public sealed class JournalFollowerTests : IDisposable
{
    private const string Writer = "/lib/systemd/systemd-journal-remote";
    private const long Start = 1_763_600_000_000_000;
    private readonly ScratchDirectory _scratch = new();
    private readonly FollowBench _bench;
    private int _written;

    public JournalFollowerTests() => _bench = new FollowBench(() => new JournalFollower([_scratch.Path], new LogQuery
    {
        Patterns = [new LogPattern("p", "panic [0-9]+")],
        JournalFields = [FieldFilter.Parse("unit=app")],
    }, TimeProvider.System));

    [ToolFact("systemd-journal-remote")]
    public async Task Entries_are_delivered_once_through_appending_archiving_and_restarts()
    {
        await WriteAsync("system.journal", 30);
        _bench.Begin();
        await WriteAsync("system.journal", 40);
        _bench.Scan().ShouldBe(Expected(30, 40));
        _bench.Restart();
        _bench.Scan().ShouldBe([]);
        await WriteAsync("system.journal", 5);
        File.Move(Path.Join(_scratch.Path, "system.journal"), Path.Join(_scratch.Path, "system@1.journal"));
        await WriteAsync("system.journal", 7);

        _bench.Scan().Order(StringComparer.Ordinal).ShouldBe(Expected(70, 12).Order(StringComparer.Ordinal));
        _bench.Scan().ShouldBe([]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [ToolFact("systemd-journal-remote")]
    public async Task More_entries_than_fit_a_step_are_all_delivered()
    {
        await WriteAsync("system.journal", 1);
        _bench.Begin();
        await WriteAsync("system.journal", 5000);

        _bench.Scan().ShouldBe(Expected(1, 5000));
    }

    [ToolFact("systemd-journal-remote")]
    public async Task A_vacuumed_file_with_unread_entries_is_a_gap()
    {
        await WriteAsync("system.journal", 10);
        _bench.Begin();
        await WriteAsync("system.journal", 10);
        _bench.Scan().Count.ShouldBe(Expected(10, 10).Count);
        await WriteAsync("system.journal", 10);
        File.Delete(Path.Join(_scratch.Path, "system.journal"));
        await WriteAsync("system.journal", 10);

        _bench.Scan().ShouldBe(Expected(30, 10));
        ScanGap gap = _bench.Gaps.ShouldHaveSingleItem();
        (gap.Cause, gap.FromCursor.Length > 0).ShouldBe((GapCause.Vacuumed, true));
        gap.Since.ToUnixTimeMilliseconds().ShouldBe((Start / 1000) + 19);
        gap.Until.ToUnixTimeMilliseconds().ShouldBe((Start / 1000) + 30);
        _bench.Scan().ShouldBe([]);
        _bench.Gaps.Count.ShouldBe(1);
    }

    [ToolFact("systemd-journal-remote")]
    public async Task A_volatile_journal_that_is_copied_to_the_lasting_one_is_read_once()
    {
        await WriteAsync("volatile.journal", 10);
        _bench.Begin(lastLines: 10);
        _bench.Scan().ShouldBe(Expected(0, 10));
        _written = 0;
        await WriteAsync("lasting.journal", 14);
        File.Delete(Path.Join(_scratch.Path, "volatile.journal"));

        _bench.Scan().ShouldBe(Expected(10, 4));
        _bench.Gaps.ShouldBeEmpty();
    }

    [ToolFact("systemd-journal-remote")]
    public async Task The_last_entries_of_all_files_are_read_where_they_are_asked_for()
    {
        await WriteAsync("system.journal", 10);
        await WriteAsync("user-1000.journal", 10);
        _bench.Begin(lastLines: 14);

        _bench.Scan().ShouldBe(Expected(6, 14));
    }

    [ToolFact("systemd-journal-remote")]
    public async Task A_host_without_a_journal_says_so_and_all_of_one_that_appears_is_new()
    {
        _bench.Begin();
        _bench.Scan().ShouldBe([]);
        _bench.Fault.ShouldContain("no journal");
        await WriteAsync("system.journal", 10);

        _bench.Scan().ShouldBe(Expected(0, 10));
        _bench.Fault.ShouldBe("");
    }

    public void Dispose()
    {
        _bench.Dispose();
        _scratch.Dispose();
    }

    // Every third entry is of another unit, every fifth no panic.
    private static List<string> Expected(int from, int count) =>
        Enumerable.Range(from, count).Where(i => i % 3 != 0 && i % 5 != 0).Select(i => $"panic {i}").ToList();

    private async Task WriteAsync(string file, int entries)
    {
        var text = new StringBuilder();
        for (int i = 0; i < entries; i++, _written++)
        {
            long time = Start + (_written * 1000L);
            text.Append(CultureInfo.InvariantCulture, $"__REALTIME_TIMESTAMP={time}\n__MONOTONIC_TIMESTAMP={1000 + (_written * 1000L)}\n_BOOT_ID={new string('a', 32)}\n")
                .Append(CultureInfo.InvariantCulture, $"_SYSTEMD_UNIT={(_written % 3 == 0 ? "other" : "app")}.service\nMESSAGE={(_written % 5 == 0 ? "calm" : "panic")} {_written}\n\n");
        }

        var start = new ProcessStartInfo(Writer) { RedirectStandardInput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-o");
        start.ArgumentList.Add(Path.Join(_scratch.Path, file));
        start.ArgumentList.Add("-");
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(text).WaitAsync(TimeSpan.FromSeconds(30));
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        process.ExitCode.ShouldBe(0, await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(5)));
    }
}
