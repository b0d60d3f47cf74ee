using Fleet.Agent.Journal;
using Fleet.Protocol.V1;
using Fleet.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Journal;

public sealed class JournalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Records_are_numbered_and_read_back_in_order()
    {
        using var journal = Open();
        var log = Create(journal, 1);
        journal.Append(log, Some.Started());
        journal.Append(log, Some.Output(100_000 / 2));
        journal.Append(log, Some.Ended());

        var position = default(LogPosition);
        var records = ReadAll(log, ref position);

        records.Select(r => r.Seq).ShouldBe([1UL, 2UL, 3UL]);
        records.ShouldAllBe(r => r.TaskId == Some.Task.ToString());
        records[1].Output.Data.Length.ShouldBe(50_000);
        position.Seq.ShouldBe(3UL);
        log.HasEnded.ShouldBeTrue();
    }

    [Fact]
    public void A_reader_that_is_up_to_date_gets_what_was_just_written_without_the_file()
    {
        using var journal = Open();
        journal.Usage.Fresh.IsOpen = true;
        var log = Create(journal, 1);
        var written = Some.Started();
        journal.Append(log, written);

        var position = default(LogPosition);
        ReadAll(log, ref position).ShouldHaveSingleItem().ShouldBeSameAs(written);

        // And goes on from the file where the memory has a gap.
        journal.Usage.Fresh.IsOpen = false;
        journal.Append(log, Some.Output(10));
        journal.Usage.Fresh.IsOpen = true;
        journal.Append(log, Some.Ended());
        ReadAll(log, ref position).Select(r => r.Seq).ShouldBe([2UL, 3UL]);
    }

    [Fact]
    public void Another_process_finds_everything_again()
    {
        string id;
        using (var journal = Open())
        {
            id = journal.Id;
            var running = Create(journal, 1);
            journal.Append(running, Some.Started());
            running.Append(new TaskLeader(4711, 987654321));
            var ended = Create(journal, 2);
            journal.Append(ended, Some.Started());
            journal.Append(ended, Some.Ended());
            Create(journal, 3);
        }

        using var again = Open();
        again.Id.ShouldBe(id);
        again.Logs.Select(l => l.Id.Ordinal).Order().ShouldBe([1, 2]);
        var unfinished = again.Unfinished.ShouldHaveSingleItem();
        unfinished.Id.ShouldBe(Some.Task);
        unfinished.Leaders.ShouldBe([new TaskLeader(4711, 987654321)]);
        unfinished.Header.Mark.ShouldBe(50_123);
        unfinished.Header.BootId.ShouldBe("boot-1");
        again.Find(Some.TaskNumber(2))!.HasEnded.ShouldBeTrue();
        again.Find(Some.TaskNumber(3)).ShouldBeNull("it never started, so the controller may send it again");
        again.Usage.Bytes.ShouldBe(Directory.GetFiles(TasksPath).Sum(f => new FileInfo(f).Length));
    }

    [Fact]
    public void What_is_delivered_to_its_end_leaves_only_its_id()
    {
        using (var journal = Open())
        {
            var log = Create(journal, 1);
            journal.Append(log, Some.Started());
            journal.Append(log, Some.Ended());
            journal.Acknowledge(log, 1);
            journal.Logs.Count.ShouldBe(1);
            journal.Acknowledge(log, 2);

            journal.Logs.ShouldBeEmpty();
            Directory.GetFiles(TasksPath).ShouldBeEmpty();
            journal.Usage.Bytes.ShouldBe(0);
            journal.WasDelivered(Some.Task).ShouldBeTrue();
        }

        using var again = Open();
        again.WasDelivered(Some.Task).ShouldBeTrue();
        _time.Advance(TimeSpan.FromHours(2));
        again.WasDelivered(Some.Task).ShouldBeFalse();
    }

    [Fact]
    public void A_full_journal_takes_no_more_tasks()
    {
        using var journal = Open(limitBytes: 1000);
        journal.Refusal().ShouldBeNull();
        var log = Create(journal, 1);
        journal.Append(log, Some.Output(1000));

        journal.Refusal().ShouldNotBeNull().ShouldContain("1000 bytes");
        journal.Append(log, Some.Ended());
        journal.Acknowledge(log, 2);
        journal.Refusal().ShouldBeNull();
    }

    [Fact]
    public void Where_the_host_lost_records_that_the_controller_has_the_numbers_go_on_behind_them()
    {
        using (var journal = Open())
        {
            var log = Create(journal, 1);
            journal.Append(log, Some.Started());
            journal.Append(log, Some.Ended());
            log.ContinueBehind(7);

            var position = new LogPosition(0, 7);
            var end = ReadAll(log, ref position).ShouldHaveSingleItem();
            end.Seq.ShouldBe(8UL);
            end.EntryCase.ShouldBe(TaskRecord.EntryOneofCase.Ended);
        }

        using var again = Open();
        again.Find(Some.Task)!.LastSeq.ShouldBe(8UL);
    }

    [Fact]
    public void Only_the_owner_can_read_it()
    {
        using var journal = Open();
        Create(journal, 1);
        const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        File.GetUnixFileMode(TasksPath).ShouldBe(OwnerFile | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories))
            File.GetUnixFileMode(file).ShouldBe(OwnerFile, file);
    }

    [Fact]
    public void Files_that_are_not_its_own_are_left_alone()
    {
        new StateDirectory(_directory.Path).Create();
        foreach (var name in (string[])["notes.log", "..log", "20261121-010203-7k3m.1.txt", "20261121-010203-7k3m.01.log"])
            File.WriteAllText(Path.Combine(TasksPath, name), "x");

        using var journal = Open();
        journal.Logs.ShouldBeEmpty();
        Directory.GetFiles(TasksPath).Length.ShouldBe(4);
    }

    [Fact]
    public void Two_agents_do_not_share_a_state_directory()
    {
        var state = new StateDirectory(_directory.Path);
        state.Create();
        using (var first = state.TryLock())
        {
            first.ShouldNotBeNull();
            state.TryLock().ShouldBeNull();
        }

        using var second = state.TryLock();
        second.ShouldNotBeNull();
    }

    private string TasksPath => new StateDirectory(_directory.Path).Tasks;

    private TaskJournal Open(long limitBytes = 1 << 30)
    {
        var state = new StateDirectory(_directory.Path);
        state.Create();
        return new TaskJournal(state, "boot-1", limitBytes, _time, NullLogger<TaskJournal>.Instance);
    }

    private TaskLog Create(TaskJournal journal, int ordinal) =>
        journal.Create(Some.TaskNumber(ordinal), 50_123, _time.GetUtcNow() + TimeSpan.FromHours(1));

    private static List<TaskRecord> ReadAll(TaskLog log, ref LogPosition position)
    {
        var records = new List<TaskRecord>();
        while (log.Read(ref position, 1024, records) > 0)
        {
        }

        return records;
    }
}
