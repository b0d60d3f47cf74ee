using Fleet.Agent.Diagnosis;
using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Cgroups;
using Fleet.Agent.Facts;
using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Agent.Link;
using Fleet.Agent.Scanning;
using Fleet.Agent.Tasks;
using Fleet.Agent.Upgrading;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Systemd;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent;

/// <summary>
/// A running agent, put together: journal, executor, desk, link. Stopping goes the other way: no more tasks, those that run
/// end, what they left is delivered if the controller takes it quickly, then the link closes.
/// </summary>
internal sealed partial class AgentHost(
    LiveSettings<AgentOptions> live, StateDirectory state, ProcessStart start, ServiceNotifier systemd, TimeProvider time, ILoggerFactory logs, OpenFilesBudget openFiles)
{
    // systemd waits 90 s by default before it kills.
    private static readonly TimeSpan s_stopTasksWithin = TimeSpan.FromSeconds(10);
    // By then the first link is made, or the next attempt is under way.
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_deliverWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_deliverPoll = TimeSpan.FromMilliseconds(50);
    private readonly ILogger _log = logs.CreateLogger<AgentHost>();

    /// <summary>Runs until the token is cancelled.</summary>
    /// <param name="enrollment">Who this agent is.</param>
    /// <param name="dialer">How it reaches the controller.</param>
    /// <param name="renewal">Renews its certificate; null for none.</param>
    /// <param name="stop">Cancelled to stop in good order.</param>
    public async Task<AgentEnd> RunAsync(Enrollment enrollment, ILinkDialer dialer, CertificateRenewal? renewal, CancellationToken stop)
    {
        // What the agent was started with; what a reload changes is told below.
        var settings = live.Options.Value;
        var facts = new HostFacts(new HostFiles());
        var options = Options(settings, facts) with { Cgroups = OpenCgroups() };
        using var journal = new TaskJournal(state, facts.BootId(), settings.MaxJournalBytes, time, logs.CreateLogger<TaskJournal>());
        using var retry = new DiskRetry(journal, time, logs.CreateLogger<DiskRetry>());
        using var conditions = new ConditionTracker(journal, state.Path, openFiles.Condition(settings.MaxTasks), time);
        var upgrader = new Upgrader();
        var policy = new TaskPolicy(settings.AllowRunAs, [.. options.Builtins.Keys], upgrader);
        var executor = new TaskExecutor(options, time, logs.CreateLogger<TaskExecutor>());
        await using var desk = new TaskSupervisor(executor, journal, policy, time, logs.CreateLogger<TaskSupervisor>());
        await using var scans = new ScanDesk(state.Scans, settings.Scans, new ScanHost(Environment.MachineName, facts.BootId()), time, logs);
        var linkOptions = new LinkOptions();
        var parts = new LinkParts(
            Guid.NewGuid().ToString("n"), journal, desk, facts, renewal, linkOptions, time, scans, MachineId.Hash(new HostFiles()), conditions);
        var route = new LinkRoute();
        var link = new LinkClient(dialer, parts, new ReconnectPolicy(linkOptions, Random.Shared), logs.CreateLogger<LinkClient>())
        {
            // Ready also where the controller is away: that must not fail the host's boot.
            Route = route,
            Diary = new LinkDiary(state.Path, time, logs.CreateLogger<LinkDiary>()),
            Told = status => systemd.Ready(status.ReplaceLineEndings(" ")),
        };
        live.OnReload(now =>
        {
            executor.SetLimits(openFiles.Fit(now.MaxTasks), now.MaxQueuedTasks);
            desk.UsePolicy(policy with { AllowRunAs = now.AllowRunAs });
            journal.Usage.LimitBytes = now.MaxJournalBytes;
        });
        if (openFiles.Condition(settings.MaxTasks) is { } few)
            LogFewOpenFiles(few.Message);
        LogStarted(enrollment.Name, AgentVersion.Text, enrollment.Way, journal.Logs.Count);

        var shelf = new VersionStore(state.Path);
        var selection = new SelectionFile(shelf, time);
        var restart = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upgrader.Attach(new UpgradeParts(
            start.Installed, start.Words, shelf, selection, route, desk, new ProgramTrial(time), () => restart.TrySetResult()));
        var upgrades = new UpgradeRecords(start.Installed, shelf, selection, journal, time, logs.CreateLogger<UpgradeRecords>());
        var onTrial = await upgrades.SettleAsync(stop);

        using var unlink = new CancellationTokenSource();
        var retrying = retry.RunAsync(unlink.Token);
        var interrupted = new InterruptedTasks(journal, time, logs.CreateLogger<InterruptedTasks>()).EndAllAsync(onTrial, stop);
        var linking = link.RunAsync(unlink.Token);
        var watched = systemd.WatchAsync(() => !linking.IsCompleted, unlink.Token);
        var confirming = ConfirmAsync(upgrades, link, restart, unlink.Token);
        await Task.Delay(s_settled, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stop.IsCancellationRequested)
            ResidentMemory.GiveBack();
        await Task.WhenAny(linking, restart.Task, Task.Delay(Timeout.InfiniteTimeSpan, time, stop));
        systemd.Stopping();
        LogStopping(desk.Running);
        await StopTasksAsync(desk, restart.Task.IsCompleted ? "the agent started again as another version while the task ran" : "");
        await interrupted;
        await DeliverAsync(journal, link);
        await unlink.CancelAsync();
        await linking;
        await watched;
        await confirming;
        await retrying;
        return restart.Task.IsCompleted ? AgentEnd.Restart : AgentEnd.Stopped;
    }

    private static async Task ConfirmAsync(UpgradeRecords upgrades, LinkClient link, TaskCompletionSource restart, CancellationToken cancellationToken)
    {
        if (!await upgrades.ConfirmAsync(link.FirstLink, cancellationToken))
            restart.TrySetResult();
    }

    private TaskExecutorOptions Options(AgentOptions settings, HostFacts facts) => new()
    {
        MaxTasks = openFiles.Fit(settings.MaxTasks),
        MaxQueuedTasks = settings.MaxQueuedTasks,
        StateDirectory = state.Path,
        PassEnvironment = settings.PassEnvironment,
        Builtins = new Dictionary<string, Builtin>(Builtins.Standard) { ["facts"] = FactsBuiltin.Create(facts) },
    };

    private TaskCgroups? OpenCgroups()
    {
        var cgroups = TaskCgroups.TryOpen(out var obstacle);
        if (cgroups is not null)
            LogCgroups(cgroups.Controllers);
        else if (obstacle is not null)
            LogNoCgroups(obstacle);
        return cgroups;
    }

    private async Task StopTasksAsync(TaskSupervisor desk, string reason)
    {
        using var limit = new CancellationTokenSource(s_stopTasksWithin, time);
        await desk.StopAsync(reason, limit.Token);
    }

    private async Task DeliverAsync(TaskJournal journal, LinkClient link)
    {
        var started = time.GetTimestamp();
        // One that has not ended was handed over to the next process.
        while (link.IsLinked && journal.Logs.Any(held => held.HasEnded) && time.GetElapsedTime(started) < s_deliverWithin)
            await Task.Delay(s_deliverPoll, time, CancellationToken.None);
        LogStopped(journal.Logs.Count);
    }

    [LoggerMessage(5900, LogLevel.Information, "Agent {Name} {Version} started; controller {Controller}; {Held} tasks in the journal")]
    private partial void LogStarted(string name, string version, string controller, int held);

    [LoggerMessage(5903, LogLevel.Information, "Tasks run in cgroups of their own, with the controllers {Controllers}")]
    private partial void LogCgroups(string controllers);

    [LoggerMessage(5904, LogLevel.Warning, "Tasks do not run in cgroups of their own: {Reason}")]
    private partial void LogNoCgroups(string reason);

    [LoggerMessage(5905, LogLevel.Warning, "The limit on open files is low: {Reason}")]
    private partial void LogFewOpenFiles(string reason);

    [LoggerMessage(5901, LogLevel.Information, "Stopping; tasks still running: {Running}")]
    private partial void LogStopping(int running);

    [LoggerMessage(5902, LogLevel.Information, "Stopped; {Held} tasks stay in the journal for the next start")]
    private partial void LogStopped(int held);
}
