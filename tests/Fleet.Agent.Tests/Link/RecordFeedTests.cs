using Fleet.Agent.Journal;
using Fleet.Agent.Link;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Link;

public sealed class RecordFeedTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_damaged_file_costs_the_records_behind_the_damage_and_its_task_ends_all_the_same()
    {
        var state = new StateDirectory(_directory.Path);
        using var journal = Open(state);
        TaskId[] tasks = [Some.TaskNumber(1), Some.TaskNumber(2), Some.TaskNumber(3)];
        foreach (var task in tasks)
        {
            var log = journal.Create(task, 0, DateTimeOffset.MaxValue);
            journal.Append(log, Some.Started());
            journal.Append(log, Some.Output(100));
            journal.Append(log, Some.Output(100));
            journal.Append(log, Some.Ended());
        }

        Flip(state.TaskLog(tasks[1]), byteOfRecord: 3);
        using var feed = new RecordFeed(journal, new Dictionary<TaskId, ulong>(), new LinkOptions(), new WakeUp());

        var sent = TakeAll(feed);
        sent.Where(r => r.TaskId != tasks[1].ToString()).Select(r => r.Seq).ShouldBe([1UL, 2UL, 3UL, 4UL, 1UL, 2UL, 3UL, 4UL]);
        var damaged = sent.Where(r => r.TaskId == tasks[1].ToString()).ToList();
        damaged.Select(r => r.Seq).ShouldBe([1UL, 2UL, 3UL]);
        damaged[^1].Ended.State.ShouldBe(TaskState.Succeeded);
        damaged[^1].Ended.Reason.ShouldBe("the agent's journal of the task is damaged behind record 2, what stood there is lost");

        // What was acknowledged is gone, and the next process finds no damage.
        feed.Acknowledge(tasks[1], 3);
        journal.Find(tasks[1]).ShouldBeNull();
    }

    [Fact]
    public void A_running_task_goes_on_behind_the_damage()
    {
        var state = new StateDirectory(_directory.Path);
        using var journal = Open(state);
        var log = journal.Create(Some.Task, 0, DateTimeOffset.MaxValue);
        journal.Append(log, Some.Started());
        journal.Append(log, Some.Output(100));
        journal.Append(log, Some.Output(100));
        Flip(state.TaskLog(Some.Task), byteOfRecord: 2);
        using var feed = new RecordFeed(journal, new Dictionary<TaskId, ulong>(), new LinkOptions(), new WakeUp());
        TakeAll(feed).Select(r => r.Seq).ShouldBe([1UL]);

        journal.Append(log, Some.Output(7));
        journal.Keep(log, Some.Ended());

        var rest = TakeAll(feed);
        rest.Select(r => r.Seq).ShouldBe([2UL, 3UL]);
        rest[0].Output.Data.Length.ShouldBe(7);
        rest[1].Ended.Reason.ShouldContain("damaged behind record 1");
    }

    // The end that a restarted agent writes takes the number of a record that it has lost and the controller has, and is
    // sent behind all that the controller has. It looked delivered before, and the task ran on for ever.
    [Theory]
    [InlineData(2, 3)]
    [InlineData(2, 9)]
    [InlineData(3, 3)]
    [InlineData(3, 4)]
    public void An_interrupted_tasks_end_comes_behind_what_the_controller_has(int damaged, ulong stored)
    {
        var state = new StateDirectory(_directory.Path);
        using (var before = Open(state))
        {
            var log = before.Create(Some.Task, 0, DateTimeOffset.MaxValue);
            before.Append(log, Some.Started());
            before.Append(log, Some.Output(100));
            before.Append(log, Some.Output(100));
        }

        Flip(state.TaskLog(Some.Task), damaged);
        for (var process = 0; process < 3; process++)
        {
            // Each life of the agent tries again until the controller has it.
            using var journal = Open(state);
            foreach (var unfinished in journal.Unfinished)
                journal.Keep(journal.Find(unfinished.Id)!, new TaskRecord { Ended = new TaskEnded { State = TaskState.Interrupted, Reason = "the agent was restarted" } });
            using var feed = new RecordFeed(journal, new Dictionary<TaskId, ulong> { [Some.Task] = stored }, new LinkOptions(), new WakeUp());

            var end = TakeAll(feed).ShouldHaveSingleItem();
            end.Seq.ShouldBe(stored + 1);
            end.Ended.State.ShouldBe(TaskState.Interrupted);
            end.Ended.Reason.ShouldBe($"the agent was restarted; the agent's journal of the task is damaged behind record {damaged - 1}, what stood there is lost");
            journal.Find(Some.Task).ShouldNotBeNull();
            if (process < 2)
                continue;
            feed.Acknowledge(Some.Task, stored + 1);
            journal.Find(Some.Task).ShouldBeNull();
        }
    }

    private static TaskJournal Open(StateDirectory state)
    {
        state.Create();
        return new TaskJournal(state, "boot", 1 << 20, TimeProvider.System, NullLogger<TaskJournal>.Instance);
    }

    private static List<TaskRecord> TakeAll(RecordFeed feed)
    {
        var sent = new List<TaskRecord>();
        for (var batch = new TaskRecords(); feed.TryTake(batch); batch = new TaskRecords())
            sent.AddRange(batch.Records);
        return sent;
    }

    // Frames: the header, then one for each record.
    private static void Flip(string path, int byteOfRecord)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using var frames = new FrameReader(file, 0, RandomAccess.GetLength(file));
        for (var frame = 0; frame < byteOfRecord; frame++)
            frames.TryRead().ShouldBeTrue();
        var at = frames.Offset + JournalFrame.HeadBytes + 2;
        var bytes = new byte[1];
        RandomAccess.Read(file, bytes, at);
        bytes[0] ^= 0x55;
        RandomAccess.Write(file, bytes, at);
    }
}
