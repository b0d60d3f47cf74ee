using Fleet.Agent.Execution;
using Fleet.Agent.Tests.Execution;
using Fleet.Agent.Upgrading;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Upgrading;

/// <summary>The real program, started as systemd would start it, with versions that are scripts.</summary>
[Collection(RealProcesses.Name)]
public sealed class LauncherTests : IAsyncLifetime, IDisposable
{
    private const string Id = "9.9.9-abc";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryDirectory _directory = new();
    private readonly TaskExecutor _executor;
    private readonly VersionStore _shelf;

    public LauncherTests()
    {
        _executor = new TaskExecutor(
            new TaskExecutorOptions { StateDirectory = _directory.Path, MaxTasks = 16, MaxQueuedTasks = 256 }, TimeProvider.System, NullLogger<TaskExecutor>.Instance);
        _shelf = new VersionStore(_directory.Path);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _executor.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_version_that_ends_at_once_is_tried_three_times_then_the_installed_one_runs()
    {
        await OnTrialAsync("echo \"$0 $*\"; exit 2");
        for (var start = 0; start < Trial.MostStarts; start++)
        {
            var (outcome, said) = await RunAsync();
            outcome.ShouldBe(new StepOutcome.Exited(2));
            said.ShouldBe($"{_shelf.Program(Id)} run --state {_directory.Path}\n");
        }

        var (last, words) = await RunAsync();
        last.ShouldBe(new StepOutcome.Exited(1));
        words.ShouldContain("not enrolled");
        Read().Verdict!.Reason.ShouldBe("rolled back from 9.9.9 to 0.0.1: it ended 3 times before it connected");
    }

    [Fact]
    public async Task A_version_that_runs_and_makes_no_link_is_killed_by_its_guard_after_a_rollback()
    {
        await OnTrialAsync("trap '' TERM; sleep 1000 & wait", TimeSpan.FromSeconds(1));

        var (outcome, _) = await RunAsync();

        outcome.ShouldBe(new StepOutcome.Signalled(9, false));
        var selection = Read();
        selection.Trial.ShouldBeNull();
        selection.Verdict!.Reason.ShouldBe("rolled back from 9.9.9 to 0.0.1: no connection to the controller within 1s");
    }

    [Fact]
    public async Task A_guard_lets_a_confirmed_version_be()
    {
        await OnTrialAsync($"until grep -q upgraded {_directory.Path}/versions/selection.json; do sleep 0.05; done; sleep 1.5; echo alive", TimeSpan.FromSeconds(1));
        var running = RunAsync();
        var limit = TimeProvider.System.GetTimestamp();
        while (Read().Trial is not { Starts: 1 } && TimeProvider.System.GetElapsedTime(limit) < s_patience)
            await Task.Delay(20);
        await File().ChangeAsync(s => s.Confirm(), CancellationToken.None);

        var (outcome, said) = await running;

        (outcome, said).ShouldBe((new StepOutcome.Exited(0), "alive\n"));
    }

    [Fact]
    public async Task A_version_that_cannot_be_executed_is_rolled_back_at_once()
    {
        await OnTrialAsync("exit 0");
        await System.IO.File.WriteAllBytesAsync(_shelf.Program(Id), [0x7f, (byte)'E', (byte)'L', (byte)'F', 9, 9, 9, 9]);

        var (outcome, said) = await RunAsync();

        outcome.ShouldBe(new StepOutcome.Exited(1));
        said.ShouldContain("not enrolled");
        Read().Verdict!.Reason.ShouldStartWith("rolled back from 9.9.9 to 0.0.1: it could not be started: Exec format error");
    }

    [Fact]
    public async Task A_current_version_that_is_gone_leaves_the_installed_one()
    {
        await OnTrialAsync("exit 0");
        await File().ChangeAsync(s => s.Confirm().Told(), CancellationToken.None);
        System.IO.File.Delete(_shelf.Program(Id));

        var (outcome, said) = await RunAsync();

        outcome.ShouldBe(new StepOutcome.Exited(1));
        said.ShouldContain($"version {Id} cannot be started");
        said.ShouldContain("not enrolled");
    }

    private async Task OnTrialAsync(string script, TimeSpan? health = null)
    {
        var program = _shelf.Prepare(Id);
        await System.IO.File.WriteAllTextAsync(program, "#!/bin/sh\n" + script + "\n");
        System.IO.File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        var stamp = new InstalledProgram(Program, true).Stamp();
        await File().ChangeAsync(s => s.Begin(new Trial(Id, "9.9.9", "0.0.1", Some.Task, health ?? TimeSpan.FromMinutes(1), 0), stamp), CancellationToken.None);
    }

    private async Task<(StepOutcome Outcome, string Said)> RunAsync()
    {
        var observer = new RecordingObserver();
        var request = new TaskRequest
        {
            TaskId = Guid.NewGuid().ToString("n"),
            JobId = "test",
            Steps = [new StepRequest.Command([Program, "run", "--state", _directory.Path])],
            Environment = new Dictionary<string, string> { ["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath)! },
        };
        _executor.Submit(request, observer).ShouldBeOfType<Admission.Accepted>();
        var report = await observer.Ended.WaitAsync(s_patience);
        return (report.Steps[0].Outcome, observer.Output() + observer.Error());
    }

    private Selection Read() => File().Read();

    private SelectionFile File() => new(_shelf, TimeProvider.System);

    // The program itself and not its library: it starts its guard by its own path.
    private static string Program
    {
        get
        {
            var framework = new DirectoryInfo(AppContext.BaseDirectory);
            var root = framework.Parent!.Parent!.Parent!.Parent!.Parent!;
            return Environment.GetEnvironmentVariable("FLEET_AGENT_BINARY")
                ?? Path.Combine(root.FullName, "src", "Fleet.Agent", "bin", framework.Parent.Name, framework.Name, "fleet-agent");
        }
    }
}
