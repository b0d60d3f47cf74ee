using Fleet.Harness;
using Fleet.Tests;

namespace Fleet.EndToEnd.Faults;

/// <summary>An agent whose state directory stands on a disk of three megabytes.</summary>
public sealed class Disks_that_are_full : IAsyncLifetime, IDisposable
{
    private const string Full = "rejected: the disk of the host is full (No space left on device)";
    private FleetOnThisMachine _fleet = null!;
    private SmallDisk? _small;

    private AgentHost Agent => _fleet.Agents[0];

    private SmallDisk Disk => _small!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (SmallDisk.Obstacle is not null)
            return;
        _fleet = await FleetOnThisMachine.StartAsync();
        var state = Directory.CreateDirectory(Path.Combine(_fleet.Directory, "agents", "web1")).FullName;
        _small = new SmallDisk(state, 3 << 20);
        await _fleet.AddAgentsAsync(["web1"]);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_fleet is null)
            return;
        // The disk is in use as long as the agent runs.
        if (Agent.IsRunning)
            await Agent.StopAsync();
        Disk.Dispose();
        await _fleet.DisposeAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _small?.Dispose();

    [SmallDiskFact]
    public async Task Tasks_are_rejected_at_once_operators_see_why_and_all_goes_on_by_itself_when_there_is_room()
    {
        Disk.Fill();

        // None of them hangs: OneShot has a limit of its own.
        foreach (var words in (string[][])[["exec", "web1", "-c", "echo ran"], ["ping", "web1"], ["script", "/bin/true", "web1"], ["grep", "x", "web1", "--file", "/etc/hostname"]])
        {
            var refused = await _fleet.Admin.RunAsync(words);
            refused.ExitCode.ShouldBe(1, refused.ToString());
            (refused.Stdout + refused.Stderr).ShouldContain("the disk of the host is full (No space left on device)", customMessage: refused.ToString());
        }

        (await _fleet.Admin.RunAsync("exec", "web1", "-c", "echo ran")).Stdout.ShouldBe($"--- web1 {Full}\n");
        await UntilListedAsync("online (disk-full)\t");
        var shown = await _fleet.Admin.RunAsync("agents", "show", "web1", "--json");
        shown.Stdout.ShouldContain("\"conditions\":[{\"kind\":\"disk-full\",\"message\":\"the disk of the host is full (No space left on device): tasks are rejected\",\"started_at\":");
        (await AgentCommandAsync("status")).Stdout.ShouldContain("limited by   0 KiB are free for");
        (await AgentCommandAsync("doctor")).Stdout.ShouldContain("! space        the disk is full: 0 KiB are free for");

        // Neither does it need the disk to stop, or to start.
        (await Agent.StopAsync()).ShouldBe(0, Agent.Output);
        Agent.Start();
        await _fleet.WaitOnlineAsync(1);
        (await _fleet.Admin.RunAsync("exec", "web1", "-c", "echo ran")).Stdout.ShouldBe($"--- web1 {Full}\n");

        Disk.MakeRoom();
        var next = await _fleet.Admin.RunAsync("exec", "web1", "-c", "echo ran");
        next.Stdout.ShouldBe("--- web1 succeeded\nran\n", next.ToString());
        await UntilListedAsync("online\t");
        // Said when the disk is looked at again, a few seconds later.
        await Patience.UntilAsync("the log says that it is over", () => Agent.Output.Contains("The journal can be written again", StringComparison.Ordinal), evidence: () => Agent.Output);
    }

    [SmallDiskFact]
    public async Task A_task_that_fills_the_disk_itself_ends_and_leaves_room_for_the_next()
    {
        for (var run = 0; run < 2; run++)
        {
            var large = await _fleet.Admin.RunAsync("exec", "web1", "--head-bytes", "7MB", "--json", "-c", "head -c 7000000 /dev/zero");
            large.ExitCode.ShouldBe(0, large.Stderr);
            large.Stdout.ShouldContain("\"state\":\"succeeded\"");
            var next = await _fleet.Admin.RunAsync("exec", "web1", "-c", "echo ran");
            next.Stdout.ShouldBe("--- web1 succeeded\nran\n", next.ToString() + Agent.Output);
        }

        await Patience.UntilAsync("no task's file is left", () => Directory.GetFiles(Path.Combine(Agent.StateDirectory, "tasks")).Length == 0);
    }

    private Task<CommandResult> AgentCommandAsync(string command) => OneShot.RunAsync(Binaries.Agent, [command, "--state", Agent.StateDirectory]);

    private Task UntilListedAsync(string link) => Patience.UntilAsync(
        $"the list says {link}", async () => (await _fleet.Admin.RunAsync("agents", "list")).Stdout.Contains($"web1\t{link}", StringComparison.Ordinal), evidence: () => Agent.Output);
}
