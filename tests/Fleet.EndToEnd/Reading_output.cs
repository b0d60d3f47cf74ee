using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd;

/// <summary>Output as whoever reads it gets it: whole, in pipes that close, in files that others append to, and later.</summary>
public sealed class Reading_output : IClassFixture<ThreeHosts>
{
    private readonly FleetOnThisMachine _fleet;
    private readonly string _log;

    public Reading_output(ThreeHosts hosts)
    {
        _fleet = hosts.Fleet;
        _log = Path.Combine(_fleet.Directory, "read.log");
        File.WriteAllLines(_log, Enumerable.Range(1, 500).Select(i => $"line {i}"));
    }

    [Fact]
    public async Task A_stream_of_two_million_lines_is_what_the_host_printed()
    {
        var result = await _fleet.Admin.RunAsync("exec", "web1", "--stream", "-c", "seq 1 2000000");
        result.ExitCode.ShouldBe(0, result.Stderr);
        var streamed = SHA256.HashData(Encoding.ASCII.GetBytes(result.Stdout.Replace("web1 | ", "", StringComparison.Ordinal)));
        var local = SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(1, 2_000_000).Select(i => $"{i}\n"))));
        Convert.ToHexString(streamed).ShouldBe(Convert.ToHexString(local));
    }

    [Fact]
    public async Task Where_bytes_of_a_stream_are_missing_it_is_said()
    {
        string[] command = ["exec", "web1", "--stream", "--head-bytes", "8B", "--tail-bytes", "9B", "-c", "seq 1 1000"];
        var text = await _fleet.Admin.RunAsync(command);
        text.Stdout.ShouldBe("web1 | 1\nweb1 | 2\nweb1 | 3\nweb1 | 4\nweb1 | [... 3,876 bytes not kept; raise --head-bytes]\nweb1 | 999\nweb1 | 1000\n", text.ToString());
        var json = await _fleet.Admin.RunAsync([.. command, "--json"]);
        var ended = json.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).Single(line => line.GetProperty("type").GetString() == "step_ended");
        ended.GetProperty("stdout_dropped_bytes").GetInt64().ShouldBe(3876, json.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("--json")]
    [InlineData("--count")]
    [InlineData("--cluster")]
    public async Task A_search_can_be_read_later_as_it_was_then(string form)
    {
        string[] search = ["grep", "line 4[0-9]$", "web[1-2]", "-f", _log, .. form.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var then = await _fleet.Admin.RunAsync(search);
        var detached = await _fleet.Admin.RunAsync([.. search, "--detach"]);
        var job = detached.Stdout.Trim();
        string[] asJson = form == "--json" ? [form] : [];
        (await _fleet.Admin.RunAsync(["jobs", "watch", job, .. asJson])).Stdout.Split('\n').Where(IsResult).Order().ShouldBe(then.Stdout.Split('\n').Where(IsResult).Order());
        var shown = await _fleet.Admin.RunAsync(["jobs", "show", job, .. asJson]);
        shown.Stdout.Split('\n').Where(IsResult).Order().ShouldBe(then.Stdout.Split('\n').Where(IsResult).Order(), shown.ToString());

        // Ids and times differ from run to run, and a job's head stands above it.
        static bool IsResult(string line) => line.Length > 0 && !line.Contains("_ms\":", StringComparison.Ordinal)
            && !((string[])["job ", "command ", "target ", "by ", "state "]).Any(word => line.StartsWith(word, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_whose_reader_goes_away_ends_and_says_how_the_job_is_found()
    {
        var result = await ShellAsync("fleet exec web1 --stream -c 'while echo x; do sleep 0.05; done' | head -1");
        result.Stdout.ShouldBe("web1 | x\n", result.ToString());
        result.Stderr.ShouldContain("continues: fleet jobs watch");
        await _fleet.Admin.RunAsync("jobs", "cancel", "last");
        await JobTruth.OfAsync(_fleet.Admin, "last");
    }

    [Fact]
    public async Task A_tail_into_a_file_leaves_what_others_write_there()
    {
        var file = Path.Combine(_fleet.Directory, "out");
        var result = await ShellAsync($"(echo before; fleet tail web1 -f {_log} -n 2 --max-lines 2; echo after) > {file}; cat {file}");
        result.Stdout.ShouldBe("before\nweb1 | line 499\nweb1 | line 500\nafter\n", result.ToString());
    }

    private Task<CommandResult> ShellAsync(string line) =>
        OneShot.RunAsync("bash", ["--noprofile", "--norc", "-c", $"PATH={Path.GetDirectoryName(Binaries.Cli)}:$PATH; {line}"], _fleet.Admin.Environment);
}
