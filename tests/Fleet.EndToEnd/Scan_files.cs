using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd;

/// <summary>Scan files from an operator's disk to the controller and back.</summary>
public sealed class Scan_files : IAsyncLifetime
{
    private const string Oom = """
        scans:
          - name: oom
            target: '*'
            sources: [kernel]
            patterns: ['killed=Killed process']
        """;

    private FleetOnThisMachine _fleet = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _fleet = await FleetOnThisMachine.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task Scans_become_what_the_files_say_all_of_it_or_nothing()
    {
        // 1. A fault in one file: nothing of the other is applied either.
        var good = Write("good.yaml", Oom);
        var bad = Write("bad.yaml", Oom.Replace("name: oom", "name: bad", StringComparison.Ordinal).Replace("kernel", "file: var", StringComparison.Ordinal));
        var refused = await _fleet.Admin.RunAsync("scan", "apply", "-f", good, "-f", bad);
        refused.ExitCode.ShouldBe(2, refused.ToString());
        refused.Stderr.ShouldContain($"{bad}:4:21: \"var\" is not an absolute path");
        (await NamesAsync()).ShouldBeEmpty();

        // 2. First as a trial, then in earnest, then once more.
        (await AppliedAsync("-f", good, "-f", "pack:sshd", "--dry-run")).ShouldBe("would be created: oom, sshd, sshd-root\n");
        (await NamesAsync()).ShouldBeEmpty();
        (await AppliedAsync("-f", good, "-f", "pack:sshd")).ShouldBe("created: oom, sshd, sshd-root\n");
        (await AppliedAsync("-f", good, "-f", "pack:sshd")).ShouldBe("unchanged: oom, sshd, sshd-root\n");
        (await NamesAsync()).ShouldBe(["oom", "sshd", "sshd-root"]);

        // 3. What changed, and what is no longer in the files.
        Write("good.yaml", Oom + "\n    every: 1m");
        (await AppliedAsync("-f", good, "--prune")).ShouldBe("changed: oom\ndeleted: sshd, sshd-root\n");
        (await NamesAsync()).ShouldBe(["oom"]);
    }

    [Fact]
    public async Task A_channel_that_is_named_must_be_in_the_files_or_at_the_controller()
    {
        var sent = Path.Combine(_fleet.Directory, "sent.json");
        var channels = Write("channels.yaml", $"channels: [{{name: ops, command: [/usr/bin/tee, '{sent}']}}]");
        var scans = Write("scans.yaml", Oom + "\n    alert: {notify: [ops]}");
        var refused = await _fleet.Admin.RunAsync("scan", "apply", "-f", scans);
        refused.ExitCode.ShouldBe(2, refused.ToString());
        refused.Stderr.ShouldContain($"{scans}:6:22: there is no channel \"ops\"");

        (await AppliedAsync("-f", channels)).ShouldBe("created: channel ops\n");
        (await AppliedAsync("-f", scans)).ShouldBe("created: oom\n");

        (await _fleet.Admin.RunAsync("alerts", "test", "ops")).ExitCode.ShouldBe(0);
        JsonDocument.Parse(await File.ReadAllTextAsync(sent)).RootElement.GetProperty("status").GetString().ShouldBe("test");
    }

    [Fact]
    public async Task Scans_rest_and_go_on_and_messages_are_held_back()
    {
        await AppliedAsync("-f", Write("scans.yaml", Oom));
        (await _fleet.Admin.RunAsync("scan", "pause", "oom")).Stdout.ShouldBe("paused: oom\n");
        (await _fleet.Admin.RunAsync("scan", "list")).Stdout.ShouldContain("\tpaused\n");
        (await _fleet.Admin.RunAsync("scan", "resume", "oom")).Stdout.ShouldBe("resumed: oom\n");
        (await _fleet.Admin.RunAsync("scan", "delete", "oom", "none")).ExitCode.ShouldBe(2);

        var silence = await _fleet.Admin.RunAsync("alerts", "silence", "--scan", "oom", "--for", "2h", "-m", "new memory");
        silence.ExitCode.ShouldBe(0, silence.ToString());
        (await _fleet.Admin.RunAsync("alerts", "silences")).Stdout.ShouldContain("new memory");
        (await _fleet.Admin.RunAsync("alerts", "unsilence", silence.Stdout.Trim())).ExitCode.ShouldBe(0);
        (await _fleet.Admin.RunAsync("alerts", "silences", "--json")).Stdout.ShouldBeEmpty();
        (await _fleet.Admin.RunAsync("hits", "--since", "1h")).Stderr.ShouldContain("0 hits");
        (await _fleet.Admin.RunAsync("alerts")).Stderr.ShouldContain("0 alerts");
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_fleet.Directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<string> AppliedAsync(params string[] arguments)
    {
        var result = await _fleet.Admin.RunAsync(["scan", "apply", .. arguments]);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Stdout;
    }

    private async Task<IReadOnlyList<string?>> NamesAsync()
    {
        var result = await _fleet.Admin.RunAsync("scan", "list", "--json");
        result.ExitCode.ShouldBe(0, result.ToString());
        return [.. result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("scan").GetString())];
    }
}
