using Fleet.Agent.Diagnosis;
using Fleet.Agent.Journal;
using Fleet.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Diagnosis;

public sealed class ConditionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_limits_the_agent_is_told_with_its_beginning_and_goes_away_again()
    {
        var state = new StateDirectory(_directory.Path);
        state.Create();
        using var journal = new TaskJournal(state, "boot", 1000, _time, NullLogger<TaskJournal>.Instance);
        using var book = new ConditionTracker(journal, state.Path, null, _time);
        var changes = 0;
        book.Changed += () => changes++;
        book.Version.ShouldBe(0);
        book.Look().Conditions.ShouldBeEmpty();

        // A file stands where a task's is to be made: one of the ways in which the disk may not take it.
        File.WriteAllText(state.TaskLog(Some.Task), "");
        Should.Throw<IOException>(() => journal.Create(Some.Task, 0, DateTimeOffset.MaxValue));
        changes.ShouldBe(1);
        var since = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _time.Advance(TimeSpan.FromMinutes(1));
        var (conditions, version) = book.Look();
        version.ShouldBe(1);
        var condition = conditions.ShouldHaveSingleItem();
        condition.Kind.ShouldBe("journal");
        condition.Message.ShouldStartWith("the agent's journal cannot be written: ");
        condition.SinceMs.ShouldBe(since);

        journal.CatchUp().ShouldBeTrue();
        changes.ShouldBe(2);
        book.Version.ShouldBe(2);
        book.Look().Conditions.ShouldBeEmpty();

        var log = journal.Create(Some.TaskNumber(2), 0, DateTimeOffset.MaxValue);
        journal.Append(log, Some.Started());
        journal.Append(log, Some.Output(1000));
        book.Look().Conditions.ShouldHaveSingleItem().Kind.ShouldBe("journal-full");
    }

    [SmallDiskFact]
    public void A_full_disk_is_seen_also_by_an_agent_that_has_nothing_to_write()
    {
        using var disk = new SmallDisk(_directory.Path, 1 << 20);
        var state = new StateDirectory(disk.Path);
        state.Create();
        using var journal = new TaskJournal(state, "boot", 1 << 20, _time, NullLogger<TaskJournal>.Instance);
        using var book = new ConditionTracker(journal, disk.Path, new HostCondition("open-files", "few"), _time);
        book.Look().Conditions.Select(c => c.Kind).ShouldBe(["open-files"]);

        disk.Fill();
        var full = book.Look().Conditions;
        full.Select(c => c.Kind).ShouldBe(["disk-full", "open-files"]);
        full[0].Message.ShouldBe($"0 KiB are free for {disk.Path}: tasks are rejected once it is full");

        Should.Throw<IOException>(() => journal.Create(Some.Task, 0, DateTimeOffset.MaxValue));
        book.Look().Conditions[0].Message.ShouldBe("the disk of the host is full (No space left on device): tasks are rejected");

        disk.MakeRoom();
        journal.CatchUp().ShouldBeTrue();
        book.Look().Conditions.Select(c => c.Kind).ShouldBe(["open-files"]);
    }
}
