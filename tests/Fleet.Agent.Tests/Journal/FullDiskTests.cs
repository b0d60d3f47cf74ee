using Fleet.Agent.Journal;
using Fleet.Agent.Link;
using Fleet.Agent.Tests.Link;
using Fleet.Protocol.V1;
using Fleet.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Journal;

/// <summary>A state directory on a disk that fills up: tasks are rejected at once, ends are told, and nothing has to be started anew.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string FullMessage = "the disk of the host is full (No space left on device)";
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();
    private SmallDisk? _disk;

    private SmallDisk Disk => _disk!;

    public void Dispose()
    {
        _disk?.Dispose();
        _directory.Dispose();
    }

    [SmallDiskFact]
    public void A_delivered_task_is_removed_though_the_disk_is_full_to_the_last_byte()
    {
        using var journal = Open(1 << 20);
        var log = journal.Create(Some.Task, 0, DateTimeOffset.MaxValue);
        journal.Append(log, Some.Started());
        Should.Throw<IOException>(() =>
        {
            while (true)
                journal.Append(log, Some.Output(4000));
        });
        Disk.Fill();
        journal.Fault.ShouldBeNull("a task without output would still fit");
        Should.Throw<IOException>(() => journal.Create(Some.TaskNumber(2), 0, DateTimeOffset.MaxValue));
        journal.Fault!.Message.ShouldBe(FullMessage);
        journal.Keep(log, Some.Ended());

        journal.Acknowledge(log, log.LastSeq);

        journal.Logs.ShouldBeEmpty();
        journal.WasDelivered(Some.Task).ShouldBeTrue();
        Directory.GetFiles(Path.Combine(Disk.Path, "tasks")).ShouldBeEmpty();
        journal.Usage.Bytes.ShouldBe(0);
        journal.Fault.ShouldBeNull("the file that went has made room");
    }

    [SmallDiskFact]
    public void Many_are_removed_one_after_the_other_while_somebody_else_takes_all_that_becomes_free()
    {
        using (var journal = Open(4 << 20))
        {
            var logs = Enumerable.Range(1, 700).Select(i => journal.Create(Some.TaskNumber(i), 0, DateTimeOffset.MaxValue)).ToList();
            foreach (var log in logs)
            {
                journal.Append(log, Some.Started());
                journal.Append(log, Some.Output(30));
                journal.Append(log, Some.Ended());
            }

            Disk.Fill();
            foreach (var log in logs)
            {
                journal.Acknowledge(log, log.LastSeq);
                Disk.Fill();
            }

            journal.Logs.ShouldBeEmpty();
            Disk.MakeRoom();
            journal.CatchUp().ShouldBeTrue();
        }

        using var again = Reopen();
        again.Logs.ShouldBeEmpty();
        Enumerable.Range(1, 700).ShouldAllBe(i => again.WasDelivered(Some.TaskNumber(i)));
    }

    [SmallDiskFact]
    public void What_stands_in_memory_is_read_in_order_and_written_when_there_is_room()
    {
        using (var journal = Open(1 << 20))
        {
            var log = journal.Create(Some.Task, 0, DateTimeOffset.MaxValue);
            journal.Append(log, Some.Started());
            journal.Append(log, Some.Output(20_000));
            Disk.Fill();
            // To the end of the file's last page.
            Should.Throw<IOException>(() =>
            {
                while (true)
                    journal.Append(log, Some.Output(90));
            });
            var before = log.LastSeq;
            Should.Throw<IOException>(() => journal.Append(log, Some.Output(4000)));
            for (var step = 0; step < 40; step++)
                journal.Keep(log, StepEnded(step));
            log.WaitsForDisk.ShouldBeTrue();
            Should.Throw<IOException>(() => journal.Append(log, Some.Output(1)));
            journal.Keep(log, Some.Ended());

            using var feed = new RecordFeed(journal, new Dictionary<Fleet.Protocol.Identifiers.TaskId, ulong> { [Some.Task] = before }, new LinkOptions(), new WakeUp());
            var sent = new List<ulong>();
            for (var batch = new TaskRecords(); feed.TryTake(batch); batch = new TaskRecords())
                sent.AddRange(batch.Records.Select(r => r.Seq));
            sent.ShouldBe(Enumerable.Range(1, 41).Select(i => before + (ulong)i));

            Disk.MakeRoom();
            journal.CatchUp().ShouldBeTrue();
            log.WaitsForDisk.ShouldBeFalse();
        }

        using var again = Reopen();
        again.Find(Some.Task)!.HasEnded.ShouldBeTrue();
        again.Unfinished.ShouldBeEmpty();
    }

    [SmallDiskFact]
    public async Task A_task_is_rejected_at_once_and_runs_when_there_is_room_again()
    {
        using (Open(1 << 20))
        {
        }

        await using var controller = await ScriptedController.StartAsync();
        await using var agent = new LinkedAgent(Disk.Path, new PlainDialer(controller.Address));
        var link = await controller.NextLinkAsync();
        await link.WelcomeAsync();
        Disk.Fill();

        foreach (var (task, step) in (IEnumerable<(int, Step)>)[(1, Some.Ping()), (2, Some.Shell("echo ran"))])
        {
            await link.StartAsync(Some.Start(Some.TaskNumber(task), Some.Spec(step)));
            var rejected = await link.RecordAsync(r => r.TaskId == Some.TaskNumber(task).ToString());
            rejected.Seq.ShouldBe(1UL);
            rejected.Ended.State.ShouldBe(TaskState.Rejected);
            rejected.Ended.Reason.ShouldBe(FullMessage);
            await link.AckAsync(rejected.TaskId, 1);
        }

        // A rejected task is held until it is acknowledged, like any other, but on no disk.
        await link.StartAsync(Some.Start(Some.TaskNumber(3), Some.Spec()));
        await link.RecordAsync(r => r.Ended is not null);
        link.Cut();
        link = await controller.NextLinkAsync();
        var hello = await link.WelcomeAsync(null, new TaskAck { TaskId = Some.TaskNumber(3).ToString(), Seq = 0 });
        hello.HeldTasks.ShouldHaveSingleItem().TaskId.ShouldBe(Some.TaskNumber(3).ToString());
        (await link.RecordAsync(r => r.Ended is not null)).Ended.Reason.ShouldBe(FullMessage);
        await link.AckAsync(Some.TaskNumber(3).ToString(), 1);

        Disk.MakeRoom();
        await link.StartAsync(Some.Start(Some.TaskNumber(4), Some.Spec(Some.Shell("echo ran"))));
        var records = await link.RecordsToEndAsync(Some.TaskNumber(4).ToString());
        records[^1].Ended.State.ShouldBe(TaskState.Succeeded);
    }

    [SmallDiskFact]
    public async Task A_task_under_which_the_disk_fills_up_is_watched_ends_and_tells_it()
    {
        using (Open(1 << 20))
        {
        }

        await using var controller = await ScriptedController.StartAsync();
        await using var agent = new LinkedAgent(Disk.Path, new PlainDialer(controller.Address));
        var link = await controller.NextLinkAsync();
        await link.WelcomeAsync();
        var go = Path.Combine(_directory.Path, "go");
        var spec = Some.Spec(
            Some.Shell($"echo before; while [ ! -e {go} ]; do sleep 0.02; done; head -c 300000 /dev/zero; exit 3"),
            Some.Shell("exit 0"), Some.Shell("sleep 60"));
        await link.StartAsync(Some.Start(Some.Task, spec));
        await link.RecordAsync(r => r.Output is not null);
        Disk.Fill();
        File.WriteAllText(go, "");

        await link.RecordAsync(r => r.StepEnded is { Step: 1 });
        await link.SendAsync(new ControllerMessage { CancelTask = new CancelTask { TaskId = Some.Task.ToString(), Cause = CancelTask.Types.Cause.Operator, Reason = "enough" } });
        var end = await link.RecordAsync(r => r.Ended is not null);
        end.Ended.State.ShouldBe(TaskState.Cancelled);
        await link.AckAsync(end.TaskId, end.Seq);
    }

    private static TaskRecord StepEnded(int step) => new()
    {
        StepEnded = new StepEnded { Step = (uint)step, Outcome = new StepOutcome { StartFailure = new string('x', 1000) } },
    };

    private TaskJournal Open(long bytes)
    {
        _disk ??= new SmallDisk(_directory.Path, bytes);
        return Reopen();
    }

    private TaskJournal Reopen()
    {
        var state = new StateDirectory(_disk!.Path);
        state.Create();
        return new TaskJournal(state, "boot-1", 256 << 20, _time, NullLogger<TaskJournal>.Instance);
    }
}
