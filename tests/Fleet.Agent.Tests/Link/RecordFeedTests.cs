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
    public void A_damaged_file_holds_up_its_own_task_and_no_other()
    {
        var state = new StateDirectory(_directory.Path);
        state.Create();
        using var journal = new TaskJournal(state, "boot", 1 << 20, TimeProvider.System, NullLogger<TaskJournal>.Instance);
        TaskId[] tasks = [Some.TaskNumber(1), Some.TaskNumber(2), Some.TaskNumber(3)];
        foreach (var task in tasks)
        {
            var log = journal.Create(task, 0, DateTimeOffset.MaxValue);
            journal.Append(log, Some.Started());
            journal.Append(log, Some.Ended());
        }

        Damage(state.TaskLog(tasks[1]));
        var unreadable = new List<TaskId>();
        using var feed = new RecordFeed(journal, new Dictionary<TaskId, ulong>(), new LinkOptions(), new WakeUp()) { Unreadable = (task, _) => unreadable.Add(task) };

        var sent = new List<string>();
        for (var batch = new TaskRecords(); feed.TryTake(batch); batch = new TaskRecords())
            sent.AddRange(batch.Records.Select(record => $"{record.TaskId} {record.Seq}"));

        sent.ShouldBe([$"{tasks[0]} 1", $"{tasks[0]} 2", $"{tasks[2]} 1", $"{tasks[2]} 2"], ignoreOrder: true);
        unreadable.ShouldBe([tasks[1]]);
    }

    private static void Damage(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, new byte[8], RandomAccess.GetLength(file) - 12);
    }
}
