using Fleet.Agent.Journal;
using Fleet.Agent.Tests.Link;
using Fleet.Agent.Upgrading;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Upgrading;

/// <summary>A task that outlives its process, and what becomes of the others.</summary>
public sealed class HandoverTests : IAsyncLifetime, IDisposable
{
    // Numbers of its own: processes are found by them, those of tests beside this one too.
    private static readonly TaskId s_upgrade = Some.TaskNumber(901);
    private readonly TemporaryDirectory _directory = new();
    private ScriptedController _controller = null!;

    public async Task InitializeAsync() => _controller = await ScriptedController.StartAsync();

    public async Task DisposeAsync() => await _controller.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_task_that_was_handed_over_gets_its_end_from_the_next_process()
    {
        await using (var agent = Agent())
        {
            await BeginAsync(agent, s_upgrade, "sleep 1000");
            agent.Desk.TryHandOver(s_upgrade).ShouldBeTrue();
            agent.Desk.TryHandOver(s_upgrade).ShouldBeFalse();
        }

        using var journal = Open();
        journal.Unfinished.ShouldHaveSingleItem().Id.ShouldBe(s_upgrade);
        await File().ChangeAsync(s => s.Begin(Trial(), "").RollBack("it did not work"), CancellationToken.None);
        Shelf().Prepare(Trial().Id);
        (await Records(journal).SettleAsync(CancellationToken.None)).ShouldBeNull();

        var log = journal.Find(s_upgrade)!;
        log.HasEnded.ShouldBeTrue();
        Last(log).Ended.ShouldSatisfyAllConditions(
            end => end.State.ShouldBe(TaskState.Failed), end => end.Reason.ShouldBe("rolled back from 0.2.0 to 0.1.0: it did not work"));
        File().Read().Verdict.ShouldBeNull();
        // It takes up no room until the next upgrade.
        Directory.Exists(Path.GetDirectoryName(Shelf().Program(Trial().Id))).ShouldBeFalse();

        // Told once: the next start finds nothing to tell.
        (await Records(journal).SettleAsync(CancellationToken.None)).ShouldBeNull();
        log.LastSeq.ShouldBe(Last(log).Seq);
    }

    [Fact]
    public async Task A_trial_that_nobody_could_start_is_rolled_back_by_the_process_that_runs()
    {
        await using (var agent = Agent())
        {
            await BeginAsync(agent, s_upgrade, "sleep 1000");
            agent.Desk.TryHandOver(s_upgrade).ShouldBeTrue();
        }

        using var journal = Open();
        await File().ChangeAsync(s => s.Begin(Trial(), ""), CancellationToken.None);
        (await Records(journal).SettleAsync(CancellationToken.None)).ShouldBeNull();
        Last(journal.Find(s_upgrade)!).Ended.State.ShouldBe(TaskState.Failed);
    }

    [Fact]
    public async Task A_drain_waits_for_what_runs_begins_nothing_and_says_what_is_left()
    {
        await using var agent = Agent();
        var link = await BeginAsync(agent, s_upgrade, "sleep 1000");
        await link.StartAsync(Some.Start(Some.TaskNumber(902), Some.Spec(Some.Shell("sleep 0.5"))));
        await link.RecordAsync(r => r.TaskId == Some.TaskNumber(902).ToString());

        // 1. At its limit.
        (await agent.Desk.DrainAsync(s_upgrade, TimeSpan.Zero, CancellationToken.None)).ShouldBe(1);

        // 2. To its end; what comes meanwhile waits, and goes on when the drain is called off.
        await link.StartAsync(Some.Start(Some.TaskNumber(903), Some.Spec(Some.Shell("true"))));
        (await agent.Desk.DrainAsync(s_upgrade, TimeSpan.FromSeconds(20), CancellationToken.None).WaitAsync(ScriptedController.Patience)).ShouldBe(0);
        agent.Desk.Queued.ShouldBe(1);
        agent.Desk.BeginAgain();
        (await link.RecordsToEndAsync(Some.TaskNumber(903).ToString()))[^1].Ended.State.ShouldBe(TaskState.Succeeded);
    }

    [Fact]
    public async Task An_agent_without_systemd_refuses_to_upgrade_itself()
    {
        await using var agent = new LinkedAgent(_directory.Path, new PlainDialer(_controller.Address), upgrader: new Upgrader());
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.StartAsync(Some.Start(s_upgrade, Some.Spec(new Step
        {
            UpgradeAgent = new UpgradeAgent { Version = "1.0.0", Sha256 = Google.Protobuf.ByteString.CopyFrom(new byte[32]), SizeBytes = 1, HealthTimeoutMs = 1000 },
        })));

        var end = (await link.RecordsToEndAsync(s_upgrade.ToString())).ShouldHaveSingleItem().Ended;
        end.State.ShouldBe(TaskState.Rejected);
        end.Reason.ShouldContain("not run by systemd");
    }

    private async Task<ScriptedLink> BeginAsync(LinkedAgent agent, TaskId task, string line)
    {
        _ = agent;
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.StartAsync(Some.Start(task, Some.Spec(Some.Shell(line))));
        await link.RecordAsync(r => r.TaskId == task.ToString() && r.EntryCase == TaskRecord.EntryOneofCase.Started);
        return link;
    }

    private LinkedAgent Agent() => new(_directory.Path, new PlainDialer(_controller.Address));

    private TaskJournal Open()
    {
        var state = new StateDirectory(_directory.Path);
        return new TaskJournal(state, "boot", 1 << 20, TimeProvider.System, NullLogger<TaskJournal>.Instance);
    }

    private UpgradeRecords Records(TaskJournal journal) =>
        new(new InstalledProgram("/usr/bin/fleet-agent", true), Shelf(), File(), journal, TimeProvider.System, NullLogger<UpgradeRecords>.Instance);

    private VersionStore Shelf() => new(_directory.Path);

    private SelectionFile File() => new(Shelf(), TimeProvider.System);

    private static Trial Trial() => new("0.2.0-abc", "0.2.0", "0.1.0", s_upgrade, TimeSpan.FromSeconds(20), 1);

    private static TaskRecord Last(TaskLog log)
    {
        var position = default(LogPosition);
        var records = new List<TaskRecord>();
        while (log.Read(ref position, 1 << 20, records) > 0)
        {
        }

        return records[^1];
    }
}
