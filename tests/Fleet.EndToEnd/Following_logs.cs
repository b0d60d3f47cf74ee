using System.Globalization;
using System.Text;
using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd;

/// <summary>`fleet tail` over real agents; they share this machine's files, so each shows the same.</summary>
public sealed class Following_logs : IClassFixture<ThreeHosts>
{
    private const int Interrupt = 2;
    private const string JournalWriter = "/lib/systemd/systemd-journal-remote";
    private const long MostGrowthBytes = 96L << 20;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly FleetOnThisMachine _fleet;
    private readonly string _directory;
    private readonly string _log;

    public Following_logs(ThreeHosts hosts)
    {
        _fleet = hosts.Fleet;
        _directory = Path.Combine(_fleet.Directory, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_directory);
        _log = Path.Combine(_directory, "app.log");
    }

    [Fact]
    public async Task Lines_of_three_hosts_come_as_they_are_written_after_the_last_ones()
    {
        Append(1, 5);
        await using var tail = Start("--all", "-f", _log, "-n", "2", "--max-lines", "15");
        await SeesAsync(tail, "| line 5\n", 3);
        for (var line = 6; line <= 8; line++)
        {
            Append(line, 1);
            await SeesAsync(tail, $"| line {line}\n", 3);
        }

        (await tail.WaitAsync(s_limit)).ShouldBe(0, tail.Output);
        tail.Output.ShouldContain("web1 | line 4\n");
        tail.Output.ShouldNotContain("line 3\n");
        tail.Output.ShouldContain("15 lines of 3 hosts;");
        tail.Output.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task A_log_is_followed_through_rename_and_create_and_through_copy_and_truncate()
    {
        Append(1, 10);
        await using var tail = Start("web1", "-f", _log, "-n", "10", "--max-lines", "70", "--json");
        await SeesAsync(tail, "\"line 10\"");
        Append(11, 10);
        File.Move(_log, _log + ".1");
        Append(21, 10);
        await SeesAsync(tail, "\"line 30\"");
        File.Delete(_log + ".1");
        Append(31, 10);
        File.Copy(_log, _log + ".1");
        using (var live = new FileStream(_log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            live.SetLength(0);
        Append(41, 10);
        await SeesAsync(tail, "\"line 50\"");
        File.Move(_log, _log + ".2");
        Append(51, 20);

        (await tail.WaitAsync(s_limit)).ShouldBe(0, tail.Output);
        Texts(tail.Output).ShouldBe(Enumerable.Range(1, 70).Select(line => $"line {line}"), tail.Output);
    }

    [Fact]
    public async Task Lines_are_filtered_where_they_are_and_the_last_ones_are_the_last_that_match()
    {
        File.WriteAllLines(_log, Enumerable.Range(1, 500).Select(line => $"{(line % 100 == 0 ? "Error" : "fine")} {line}"));
        await using var tail = Start("db1", "-f", _log, "-n", "3", "-i", "-e", "ERROR", "--not", "400", "--json", "--max-lines", "4");
        await SeesAsync(tail, "\"Error 500\"");
        File.AppendAllText(_log, "fine 501\nerror 400 again\nan error 502\n");
        (await tail.WaitAsync(s_limit)).ShouldBe(0, tail.Output);
        Texts(tail.Output).ShouldBe(["Error 200", "Error 300", "Error 500", "an error 502"]);
        Line(tail.Output, "line").GetProperty("ranges").EnumerateArray().Select(number => number.GetInt32()).ShouldBe([0, 5]);

        var json = Path.Combine(_directory, "json.log");
        File.WriteAllLines(json, ["{\"level\":\"info\",\"n\":1}", "{\"level\":\"error\",\"n\":2}"]);
        var fields = await _fleet.Admin.RunAsync("tail", "db1", "-f", json, "--json-field", "level=error", "--for", "1s");
        fields.ExitCode.ShouldBe(0, fields.ToString());
        fields.Stdout.ShouldBe("db1 | {\"level\":\"error\",\"n\":2}\n");
    }

    [Fact]
    public async Task Files_that_come_to_a_glob_are_followed_from_their_beginning()
    {
        Append(1, 1);
        await using var tail = Start("web2", "-f", Path.Combine(_directory, "*.log"), "--max-lines", "3");
        await SeesAsync(tail, "line 1");
        File.WriteAllText(Path.Combine(_directory, "late.log"), "late 1\nlate 2\n");
        (await tail.WaitAsync(s_limit)).ShouldBe(0, tail.Output);
        tail.Output.ShouldContain($"web2 {_directory}/late.log | late 2\n");
    }

    [Fact]
    public async Task A_host_with_nothing_to_follow_is_named_with_the_reason_and_ends_the_tail_where_it_is_the_last()
    {
        var none = await _fleet.Admin.RunAsync("tail", "--all", "-f", "/no/such.log");
        none.ExitCode.ShouldBe(1, none.ToString());
        none.Stderr.ShouldContain("db1,web[1-2] (3 hosts): not followed: /no/such.log: its directory is not there");

        var journal = await _fleet.Admin.RunAsync("tail", "web1", "--journal-path", _directory, "--json");
        journal.ExitCode.ShouldBe(1, journal.ToString());
        Line(journal.Stdout, "hosts").GetProperty("failed")[0].GetProperty("reason").GetString()!.ShouldContain("no journal");

        // One of two is missing: it is followed as soon as it is there.
        Append(1, 1);
        await using var tail = Start("web1", "-f", _log, "-f", Path.Combine(_directory, "later"), "--max-lines", "2");
        await SeesAsync(tail, "later: no such file");
        File.WriteAllText(Path.Combine(_directory, "later"), "now\n");
        (await tail.WaitAsync(s_limit)).ShouldBe(0, tail.Output);
        tail.Output.ShouldContain("later | now\n");
    }

    [Fact]
    public async Task Ctrl_C_ends_it_and_its_end_is_the_hosts_too_even_where_it_was_killed()
    {
        Append(1, 1);
        await using (var tail = Start("web1", "-f", _log))
        {
            await SeesAsync(tail, "web1 | line 1");
            tail.Signal(Interrupt);
            (await tail.WaitAsync(s_limit)).ShouldBe(130, tail.Output);
            tail.Output.ShouldContain("1 line of 1 host;");
        }

        var ended = Ends();
        await using (var killed = Start("web1", "-f", _log))
        {
            await SeesAsync(killed, "web1 | line 1");
            await killed.KillAsync();
        }

        await Patience.UntilAsync("the agent ends the tail", () => Ends() > ended, s_limit, () => _fleet.Agents[0].Output);

        int Ends() => Host("web1").Output.Split(" ended; ").Length;
    }

    [Fact]
    public async Task A_host_that_was_away_is_followed_again()
    {
        Append(1, 1);
        await using var tail = Start("web2", "-f", _log, "--max-lines", "3");
        await SeesAsync(tail, "web2 | line 1");
        await Host("web2").KillAsync();
        await SeesAsync(tail, "web2: not followed: it went offline");
        Append(2, 1);
        Host("web2").Start();
        await SeesAsync(tail, "web2: reconnected");
        Append(3, 2);
        (await tail.WaitAsync(s_limit)).ShouldBe(0, tail.Output);
        tail.Output.ShouldContain("web2 | line 3\n");
        tail.Output.ShouldNotContain("line 2\n");
        await _fleet.WaitOnlineAsync(3);
    }

    [Fact]
    public async Task A_reader_that_stalls_grows_no_memory_and_what_is_left_out_is_counted()
    {
        const int Lines = 200_000;
        Append(1, 1);
        var pipe = Path.Combine(_directory, "pipe");
        (await OneShot.RunAsync("mkfifo", [pipe])).ExitCode.ShouldBe(0);
        var agent = Host("db1");
        var slow = agent.Output.Split("too slow").Length;
        await using var tail = ChildProcess.Start("fleet", "/bin/sh",
            ["-c", $"exec '{Binaries.Cli}' tail db1 -f '{_log}' -n 1 --json > '{pipe}'"], _fleet.Admin.Environment);
        await using var reader = new FileStream(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, useAsync: false);
        var received = new StringBuilder();
        var bytes = new byte[64 * 1024];
        await ReadUntilAsync(() => Texts(received.ToString()).Count == 1);

        // Nobody reads from here on.
        var (agentBefore, controllerBefore) = (Memory(agent.ProcessId, "VmRSS"), Memory(_fleet.Controller.ProcessId, "VmRSS"));
        var padding = new string('x', 400);
        await using (var log = new StreamWriter(_log, append: true))
        {
            for (var line = 2; line <= Lines; line++)
                await log.WriteAsync($"{line} {padding}\n");
        }

        await Patience.UntilAsync("the agent leaves lines out", () => agent.Output.Split("too slow").Length > slow, s_limit, () => agent.Output);
        (Memory(agent.ProcessId, "VmHWM") - agentBefore).ShouldBeLessThan(MostGrowthBytes);
        (Memory(_fleet.Controller.ProcessId, "VmHWM") - controllerBefore).ShouldBeLessThan(MostGrowthBytes);

        // Somebody reads again: what is there, then a count, then what is new.
        await ReadUntilAsync(() => Texts(received.ToString()).Count + LeftOut() >= Lines);
        File.AppendAllText(_log, "the last line\n");
        await ReadUntilAsync(() => received.ToString().Contains("the last line"));
        tail.Signal(Interrupt);
        await ReadUntilAsync(() => received.ToString().Contains("\"summary\""));
        (await tail.WaitAsync(s_limit)).ShouldBe(130, tail.Output);
        var all = received.ToString();
        LeftOut().ShouldBeGreaterThan(Lines / 2);
        (Texts(all).Count + LeftOut()).ShouldBe(Lines + 1);
        Texts(all)[^1].ShouldBe("the last line");
        Line(all, "summary").GetProperty("dropped").GetInt64().ShouldBe(LeftOut());

        long LeftOut() => Objects(received.ToString()).Where(line => line.GetProperty("type").GetString() == "dropped").Sum(line => line.GetProperty("lines").GetInt64());

        async Task ReadUntilAsync(Func<bool> isThere)
        {
            while (!isThere())
            {
                var read = await Task.Run(() => reader.Read(bytes)).WaitAsync(s_limit);
                read.ShouldBeGreaterThan(0, tail.Output);
                received.Append(Encoding.UTF8.GetString(bytes, 0, read));
            }
        }
    }

    [ToolFact("systemd-journal-remote")]
    public async Task A_journal_is_followed_by_its_fields()
    {
        await using var journal = new LiveJournal(JournalWriter, Path.Combine(_directory, "journal"));
        await journal.WriteAsync("app.service", "not this one");
        await journal.WriteAsync("web.service", "old");
        await Patience.UntilAsync("the journal is there", () => Directory.EnumerateFiles(journal.Directory).Any(), s_limit);
        await using var tail = Start("web1", "--journal-path", journal.Directory, "--unit", "web.service", "-n", "1", "--json", "--max-lines", "3");
        await SeesAsync(tail, "\"old\"");
        await journal.WriteAsync("app.service", "nor this");
        await journal.WriteAsync("web.service", "new 1");
        await SeesAsync(tail, "\"new 1\"");
        await journal.WriteAsync("web.service", "new 2");
        (await tail.WaitAsync(s_limit)).ShouldBe(0, tail.Output);
        Texts(tail.Output).ShouldBe(["old", "new 1", "new 2"]);
        Line(tail.Output, "line").GetProperty("cursor").GetString()!.ShouldStartWith("s=");
    }

    [Fact]
    public async Task Ctrl_C_ends_it_also_where_nobody_takes_what_is_printed()
    {
        Append(1, 1);
        var pipe = Path.Combine(_directory, "pipe");
        (await OneShot.RunAsync("mkfifo", [pipe])).ExitCode.ShouldBe(0);
        var slow = Host("db1").Output.Split("too slow").Length;
        await using var tail = ChildProcess.Start("fleet", "/bin/sh", ["-c", $"exec '{Binaries.Cli}' tail db1 -f '{_log}' > '{pipe}'"], _fleet.Admin.Environment);
        await using var unread = new FileStream(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, useAsync: false);
        await SeesAsync(tail, "following db1");
        File.AppendAllText(_log, string.Concat(Enumerable.Repeat(new string('x', 1000) + "\n", 20_000)));
        await Patience.UntilAsync("the pipe is full", () => Host("db1").Output.Split("too slow").Length > slow, s_limit, () => tail.Output);
        tail.Signal(Interrupt);
        (await tail.WaitAsync(s_limit)).ShouldBe(130, tail.Output);
    }

    [Fact]
    public async Task A_pipe_whose_reader_has_gone_ends_it()
    {
        Append(1, 5);
        await using var tail = ChildProcess.Start("fleet", "/bin/bash",
            ["-c", $"set -o pipefail; '{Binaries.Cli}' tail web1 -f '{_log}' -n 5 | head -2; echo code=$?"], _fleet.Admin.Environment);
        await SeesAsync(tail, "line 2");
        var line = 6;
        await Patience.UntilAsync("it ends", () => { Append(line++, 1); return tail.HasExited; }, s_limit, () => tail.Output);
        await tail.WaitAsync(s_limit);
        tail.Output.ShouldContain("code=0");
        tail.Output.ShouldNotContain("line 3");
    }

    [Theory]
    [InlineData("--all")]
    [InlineData("web1", "-f", "relative.log")]
    [InlineData("web1", "-e", "(unclosed")]
    [InlineData("web1", "-n", "100000")]
    [InlineData("web1", "--for", "soon")]
    [InlineData("nobody", "-f", "/var/log/x")]
    [InlineData("web1", "--json-field", "level")]
    public async Task What_is_wrong_is_refused(params string[] arguments)
    {
        string[] words = arguments is ["--all"] ? ["tail"] : ["tail", .. arguments];
        var result = await _fleet.Admin.RunAsync(words);
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Stderr.Length.ShouldBeGreaterThan(20);
    }

    private ChildProcess Start(params string[] arguments) => _fleet.Admin.Start(["tail", .. arguments]);

    private AgentHost Host(string name) => _fleet.Agents.First(agent => agent.Name == name);

    private static Task SeesAsync(ChildProcess tail, string text, int times = 1) =>
        Patience.UntilAsync($"{times} times {text}", () => tail.Output.Split(text).Length > times, s_limit, () => tail.Output);

    private void Append(int first, int count) =>
        File.AppendAllText(_log, string.Concat(Enumerable.Range(first, count).Select(line => $"line {line}\n")));

    private static List<JsonElement> Objects(string output) =>
        [.. output.Split('\n').Where(line => line.StartsWith('{') && line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement)];

    private static JsonElement Line(string output, string type) => Objects(output).First(line => line.GetProperty("type").GetString() == type);

    private static List<string> Texts(string output) =>
        [.. Objects(output).Where(line => line.GetProperty("type").GetString() == "line").Select(line => line.GetProperty("text").GetString()!)];

    private static long Memory(int processId, string field)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
