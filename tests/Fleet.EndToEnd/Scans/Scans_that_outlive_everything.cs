using System.Globalization;
using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd.Scans;

/// <summary>
/// Logs are written to at full speed and rotated in every way while the agent is killed again and again and the controller goes away: what is
/// stored in the end are the lines that were written, each once, but for those that a rotation destroyed, which lie in gaps.
/// </summary>
public sealed class Scans_that_outlive_everything : IAsyncLifetime
{
    private const int Rounds = 5;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private FleetOnThisMachine _fleet = null!;

    private string Logs => Path.Combine(_fleet.Directory, "logs");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // Three logs at full speed are three times what one agent may report a minute: slowed down, the last lines would come minutes later.
        _fleet = await FleetOnThisMachine.StartAsync("--set", "agents.heartbeatTimeout=3s", "--set", "agents.maxHitsPerMinute=1000000");
        await _fleet.AddAgentsAsync(["web1"]);
        Directory.CreateDirectory(Logs);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task Each_line_is_stored_once_or_lies_in_a_gap()
    {
        await ApplyAsync();
        await File.AppendAllTextAsync(Path.Combine(Logs, "ready.log"), "line 0 of ready\n");
        await Patience.UntilAsync("the scan runs", async () => (await ReadAsync()).Texts.Count > 0, s_patience, () => _fleet.Agents[0].Output);
        await using var renamed = new WrittenLog(Logs, "renamed.log");
        await using var copied = new WrittenLog(Logs, "copied.log");
        await using var cut = new WrittenLog(Logs, "cut.log");
        using var over = new CancellationTokenSource();
        var rotations = Task.WhenAll(
            RotateAsync(number => RenameAndPackAsync(renamed, number), over.Token),
            RotateAsync(number => CopyCutAndPackAsync(copied, number), over.Token));
        await LiveAndDieAsync(cut);
        await over.CancelAsync();
        var counts = await rotations;

        // What is written last has been read and stored last.
        WrittenLog[] logs = [renamed, copied, cut];
        var written = new List<WrittenLine>[logs.Length];
        for (var i = 0; i < logs.Length; i++)
            written[i] = [.. await logs[i].StopAsync()];
        var stored = new Stored([], []);
        await Patience.UntilAsync("the last lines are stored", async () =>
        {
            stored = await ReadAsync();
            return written.All(lines => stored.Texts.Contains(lines[^1].Text));
        }, s_patience, () => _fleet.Agents[0].Output);

        counts.ShouldAllBe(count => count >= 3);
        stored.Texts.GroupBy(text => text).Where(group => group.Count() > 1).Select(group => group.Key).Take(10).ShouldBeEmpty("stored twice");
        var texts = stored.Texts.ToHashSet(StringComparer.Ordinal);
        texts.Except(written.SelectMany(lines => lines.Select(line => line.Text))).Where(text => !text.EndsWith("ready", StringComparison.Ordinal)).Take(10).ShouldBeEmpty("stored and never written");
        for (var i = 0; i < logs.Length; i++)
        {
            var gaps = stored.Gaps.FindAll(gap => gap.Source == logs[i].File);
            var missing = written[i].FindAll(line => !texts.Contains(line.Text));
            missing.FindAll(line => !gaps.Exists(gap => gap.FromUs <= line.ToUs && line.FromUs <= gap.ToUs))
                .ShouldBeEmpty($"{logs[i].Name}: {missing.Count} of {written[i].Count} lines are missing, with {gaps.Count} gaps");
            written[i].Count.ShouldBeGreaterThan(1000);
        }

        // A log that is renamed loses nothing at all.
        stored.Gaps.ShouldAllBe(gap => gap.Source != renamed.File);
        stored.Gaps.ShouldContain(gap => gap.Source == cut.File);
    }

    /// <summary>The agent dies in most rounds, the controller is killed or stopped in some; what is cut while the agent is dead is gone for good.</summary>
    private async Task LiveAndDieAsync(WrittenLog cut)
    {
        var chance = new Random(7);
        var agent = _fleet.Agents[0];
        for (var round = 0; round < Rounds; round++)
        {
            await Task.Delay(500 + chance.Next(1500));
            // Of a log that was never seen otherwise than empty nobody could tell that it was filled and cut.
            if (round % 2 == 0)
                await Patience.UntilAsync("lines behind the last cut are stored", async () => await IsReadAsync(cut), s_patience, () => _fleet.Agents[0].Output);
            if (round % 4 == 1)
                await _fleet.Controller.KillAsync();
            else if (round % 4 == 3)
                (await _fleet.Controller.StopAsync()).ShouldBe(0, _fleet.Controller.Output);
            if (round % 4 != 3)
            {
                await agent.KillAsync();
                await Task.Delay(chance.Next(1500));
                if (round % 2 == 0)
                    await TruncateAsync(cut);
                agent.Start();
            }

            if (round % 2 == 1)
            {
                await Task.Delay(1000 + chance.Next(1500));
                await _fleet.Controller.StartAsync();
            }
        }
    }

    private async Task<bool> IsReadAsync(WrittenLog log)
    {
        var stored = (await ReadAsync()).Texts.ToHashSet(StringComparer.Ordinal);
        return File.ReadLines(log.File).Take(1).Any(stored.Contains);
    }

    private static async Task<int> RotateAsync(Func<int, Task> rotateAsync, CancellationToken over)
    {
        var chance = new Random(11);
        var count = 0;
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(200 + chance.Next(700), CancellationToken.None);
            await rotateAsync(++count);
        }

        return count;
    }

    // Dated names, so that nothing else has to be renamed.
    private static async Task RenameAndPackAsync(WrittenLog log, int number)
    {
        await ExistsAsync(log);
        var rotated = Rotated(log, number);
        File.Move(log.File, rotated);
        // Packed once the writer has opened its log anew, as after postrotate.
        await ExistsAsync(log);
        if (number % 2 == 0)
            await PackAsync(rotated);
    }

    private static async Task CopyCutAndPackAsync(WrittenLog log, int number)
    {
        await ExistsAsync(log);
        var rotated = Rotated(log, number);
        var copy = await OneShot.RunAsync("cp", [log.File, rotated]);
        copy.ExitCode.ShouldBe(0, copy.ToString());
        await TruncateAsync(log);
        if (number % 2 == 0)
            await PackAsync(rotated);
    }

    private static async Task TruncateAsync(WrittenLog log)
    {
        await ExistsAsync(log);
        await using var file = new FileStream(log.File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.SetLength(0);
    }

    private static Task ExistsAsync(WrittenLog log) => Patience.UntilAsync($"{log.Name} is there", () => File.Exists(log.File));

    private static async Task PackAsync(string path)
    {
        var packed = await OneShot.RunAsync("gzip", ["-1", path]);
        packed.ExitCode.ShouldBe(0, packed.ToString());
    }

    private static string Rotated(WrittenLog log, int number) => string.Create(CultureInfo.InvariantCulture, $"{log.File}-20261120-{number:d6}");

    private async Task ApplyAsync()
    {
        var file = Path.Combine(_fleet.Directory, "scans.yaml");
        await File.WriteAllTextAsync(file, $$"""
            scans:
              - name: lines
                target: '*'
                sources: [{file: '{{Logs}}/*.log'}]
                patterns: ['line=^line \d+ ']
                first_run: last 1000000 lines
                limits: {hits_per_minute: 1000000}
                alert: off
            """);
        var applied = await _fleet.Admin.RunAsync("scan", "apply", "-f", file);
        applied.ExitCode.ShouldBe(0, applied.ToString());
    }

    private async Task<Stored> ReadAsync()
    {
        var result = await _fleet.Admin.RunAsync("hits", "--scan", "lines", "--since", "1h", "--limit", "100000", "--json");
        result.ExitCode.ShouldBeLessThan(2, result.Stderr);
        var stored = new Stored([], []);
        foreach (var line in result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            switch (json.GetProperty("type").GetString())
            {
                case "hit":
                    stored.Texts.Add(json.GetProperty("text").GetString()!);
                    break;
                case "gap":
                    stored.Gaps.Add(new StoredGap(json.GetProperty("source").GetString()!, Time(json, "started_at"), Time(json, "ended_at")));
                    break;
                case "summary":
                    json.GetProperty("truncated").GetBoolean().ShouldBeFalse();
                    json.GetProperty("summarized").GetInt64().ShouldBe(0);
                    break;
            }
        }

        return stored;
    }

    private static long Time(JsonElement json, string name) => json.TryGetProperty(name, out var time) ? (time.GetDateTimeOffset() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : 0;

    private sealed record Stored(List<string> Texts, List<StoredGap> Gaps);

    private sealed record StoredGap(string Source, long FromUs, long ToUs);
}
