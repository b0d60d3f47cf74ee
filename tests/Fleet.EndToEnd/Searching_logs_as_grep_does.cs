using System.Globalization;
using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd;

/// <summary>`fleet grep` shows the lines that grep, rg and journalctl show for the same question: on this machine's own logs, line for line.</summary>
public sealed class Searching_logs_as_grep_does : IClassFixture<ThreeHosts>
{
    private const string JournalWriter = "/lib/systemd/systemd-journal-remote";
    private const int Entries = 400;

    // What package managers write is there on every Debian; what is not there is left out.
    private static readonly string[] s_logs = ["/var/log/dpkg.log", "/var/log/alternatives.log", "/var/log/apt/history.log", "/var/log/syslog"];

    // Enough for all of them; no limit is to end a comparison.
    private static readonly string[] s_all = ["-m", "1000000", "--max-bytes", "15MiB"];
    private readonly FleetOnThisMachine _fleet;
    private readonly string _directory;

    public Searching_logs_as_grep_does(ThreeHosts hosts)
    {
        _fleet = hosts.Fleet;
        _directory = Directory.CreateDirectory(Path.Combine(_fleet.Directory, $"logs-{Guid.NewGuid():N}")).FullName;
        // Copies: a comparison must not see two states of a log.
        foreach (var log in s_logs.Where(File.Exists))
            File.Copy(log, Path.Combine(_directory, Path.GetFileName(log)));
        File.WriteAllLines(Path.Combine(_directory, "access.log"), Enumerable.Range(0, 3000).Select(Access));
    }

    public static TheoryData<string, string> Questions => new()
    {
        { "", "install" }, { "-i", "INSTALL|get /shop" }, { "-F", "status installed" }, { "-F", "a=1&b" }, { "-F -i", "MOZILLA" }, { "-v", "status|GET" },
        { "-w", "lib" }, { "-w -i", "Installed|cart" }, { "-C 2", "HTTP/1.1\" 50[03]" }, { "-A 1", "remove|POST" }, { "-B 3 -i", "purge|delete" },
        { "-v -C 1", "e" }, { "", "[0-9]+\\.[0-9]+\\.[0-9]+-[0-9]+" }, { "", "^[0-9-]+ 1[0-9]:" }, { "", "(cart|checkout)/[0-9]{2,3} " }, { "-F", "no such line anywhere" },
    };

    [ToolTheory("ripgrep")]
    [MemberData(nameof(Questions))]
    public async Task Lines_are_those_of_grep_and_of_rg(string flags, string pattern)
    {
        var words = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var log in Directory.GetFiles(_directory))
        {
            var ours = await GrepAsync(log, [.. words, "-e", pattern]);
            ours.ShouldBe(await RunAsync("grep", [.. words.Contains("-F") ? [] : new[] { "-E" }, .. words, "-a", "-n", "-e", pattern, log]), $"grep {flags} {pattern} {log}");
            ours.ShouldBe(await RunAsync("rg", [.. words, "-a", "-n", "--no-heading", "--color=never", "-e", pattern, log]), $"rg {flags} {pattern} {log}");
        }
    }

    [Theory]
    [InlineData("several patterns", "-e", "installed", "-e", "POST", "-e", "50[0-9] ")]
    [InlineData("a pattern that is left out", "-e", "GET|install", "--not", "half|cart", "--not", "a=1")]
    [InlineData("several that are left out, in any case", "-i", "-e", "get|INSTALL", "--not", "HALF|Cart")]
    public async Task Several_patterns_and_exclusions_are_those_of_greps_in_a_row(string what, params string[] arguments)
    {
        foreach (var log in Directory.GetFiles(_directory))
        {
            var not = arguments.Select((word, i) => (word, i)).Where(at => at.word == "--not").SelectMany(at => new[] { "-e", arguments[at.i + 1] }).ToArray();
            var rest = arguments.Where((word, i) => word != "--not" && (i == 0 || arguments[i - 1] != "--not")).ToArray();
            var expected = await RunAsync("grep", ["-E", "-a", "-n", .. rest, log]);
            if (not.Length > 0)
            {
                var path = Path.Combine(_fleet.Directory, Guid.NewGuid().ToString("N"));
                await File.WriteAllTextAsync(path, expected);
                expected = await RunAsync("grep", ["-E", "-a", "-v", .. rest.Contains("-i") ? ["-i"] : Array.Empty<string>(), .. not, path]);
            }

            (await GrepAsync(log, arguments)).ShouldBe(expected, $"{what}: {log}");
            var counted = await _fleet.Admin.RunAsync(["grep", "db1", "-f", log, "--count", .. arguments]);
            counted.Stdout.ShouldContain($"\n{expected.Count(c => c == '\n')}\t", customMessage: $"{what}: {log}");
        }
    }

    [ToolFact("systemd", "systemd-journal-remote")]
    public async Task Entries_of_a_journal_are_those_of_journalctl()
    {
        var path = Path.Combine(_fleet.Directory, $"journal-{Guid.NewGuid():N}");
        await using (var journal = new LiveJournal(JournalWriter, path))
        {
            for (var i = 0; i < Entries; i++)
                await journal.WriteAsync(i % 3 == 0 ? "web.service" : "app.service", i % 7 == 0 ? $"panic {i}" : $"request {i} done");
        }

        foreach (var (ours, theirs) in new (string[], string[])[]
        {
            (["-e", "panic"], ["-g", "panic"]),
            (["-i", "-e", "PANIC [0-9]*5"], ["-g", "PANIC [0-9]*5", "--case-sensitive=false"]),
            (["-e", "request", "--unit", "web"], ["-g", "request", "-u", "web"]),
            (["-e", "done", "--field", "_SYSTEMD_UNIT=app.service", "--priority", "info"], ["-g", "done", "_SYSTEMD_UNIT=app.service", "-p", "info"]),
            (["-e", "panic", "--since", "1h"], ["-g", "panic", "--since", "-1h"]),
            (["-e", "panic", "--until", "2001-01-01"], ["-g", "panic", "--until", "2001-01-01"]),
        })
        {
            var what = string.Join(' ', theirs);
            var result = await _fleet.Admin.RunAsync(["grep", "db1", "--journal-path", path, "--json", .. s_all, .. ours]);
            result.Stderr.ShouldBeEmpty(what);
            Texts(result.Stdout).ShouldBe((await RunAsync("journalctl", ["-D", path, "-q", "--no-pager", "-o", "cat", .. theirs])).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList(), what);
        }

        // Context, as it is printed: entries stand by their times.
        var near = await _fleet.Admin.RunAsync("grep", "panic 7$", "db1", "--journal-path", path, "-C", "1");
        near.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line["2026-11-21 12:00:00.000".Length..])
            .ShouldBe(["- request 6 done", ": panic 7", "- request 8 done"], near.ToString());
    }

    private async Task<string> GrepAsync(string log, string[] arguments)
    {
        var result = await _fleet.Admin.RunAsync(["grep", "db1", "-f", log, .. s_all, .. arguments]);
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Stderr.ShouldNotContain("limit");
        // The first line says whose they are.
        var head = $"--- db1 {log}\n";
        if (result.Stdout.Length > 0)
            result.Stdout.ShouldStartWith(head);
        return result.Stdout.Length > 0 ? result.Stdout[head.Length..] : "";
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var result = await OneShot.RunAsync(program, arguments, new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" });
        // 1: nothing is found.
        result.ExitCode.ShouldBeLessThan(2, result.ToString());
        return result.Stdout;
    }

    private static List<string> Texts(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
        .Where(line => line.GetProperty("type").GetString() == "line").Select(line => line.GetProperty("text").GetString()!).ToList();

    private static string Access(int i)
    {
        string[] paths = ["/", $"/shop/cart/{i % 211}", $"/checkout/{i}", "/a?a=1&b=2", "/wörter/größe"];
        var time = new DateTime(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc).AddSeconds(i);
        return string.Create(CultureInfo.InvariantCulture, $"10.0.{i % 7}.{i % 251} - - [{time:dd/MMM/yyyy:HH:mm:ss} +0000] \"{(i % 11 == 0 ? "POST" : "GET")} {paths[i % paths.Length]} HTTP/1.1\" {(i % 97 == 0 ? 503 : i % 89 == 0 ? 500 : 200)} {i * 37 % 9000} \"-\" \"Mozilla/5.0\"");
    }
}
