using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Storage.Tests.Contract;

/// <summary>Random entries against a plain model: whatever comes, the store's columns, counts and log agree with it.</summary>
public abstract class EventModelContract(IStoreProvider provider) : StoreContract(provider)
{
    private const int Tasks = 3;

    private static readonly Gen<TaskEntry> AnyEntry =
        from ordinal in Gen.Choose(1, Tasks)
        from seq in Gen.Choose(0, 5)
        from state in Gen.Choose(-3, TaskMoves.StateCount - 1)
        from bytes in Gen.Choose(0, 20)
        select new TaskEntry
        {
            JobId = "",
            Ordinal = ordinal,
            Kind = bytes == 0 && (state >= 0 || seq > 0) ? null : TaskEventKind.Output,
            At = Some.Time,
            AgentSeq = seq == 0 ? null : seq,
            Data = new byte[bytes],
            Move = state < 0 ? null : new TaskMove((TaskState)state),
        };

    [Fact]
    public async Task Whatever_entries_come_the_store_agrees_with_the_model()
    {
        var runs = Gen.Sample(Gen.ListOf(Gen.ListOf(AnyEntry, 12), 6), 60, 60);
        var n = 0;
        foreach (var batches in runs)
        {
            var job = Some.Job($"job{n++}", Tasks);
            await Store.Jobs.CreateAsync(job, None).InTime();
            var model = new Model();
            foreach (var batch in batches)
            {
                var entries = batch.Select(entry => entry with { JobId = job.Id }).ToList();
                var expected = entries.Select(model.Apply).ToList();
                var result = await Store.Events.AppendAsync(entries, None).InTime();
                result.Entries.Select(entry => entry.Status).ShouldBe(expected);
            }

            await AgreesAsync(job, model);
        }
    }

    private async Task AgreesAsync(NewJob job, Model model)
    {
        var tasks = await Store.Jobs.ListTasksAsync(job.Id, new TaskQuery(), None).InTime();
        tasks.Select(task => (task.State, task.LastAgentSeq)).ShouldBe(model.Tasks);
        var stored = (await Store.Jobs.GetAsync(job.Id, None).InTime())!;
        foreach (var state in Enum.GetValues<TaskState>())
            stored.Counts[state].ShouldBe(model.Tasks.Count(task => task.State == state));
        stored.State.ShouldBe(model.Tasks.All(task => TaskMoves.IsEnd(task.State)) ? JobState.Done : JobState.Running);
        stored.FinishedAt.HasValue.ShouldBe(stored.State == JobState.Done);
        var events = (await Store.Events.ReadAsync(job.Id, 0, int.MaxValue, int.MaxValue, None).InTime()).Events;
        events.Count.ShouldBe(model.Events);
        stored.OutputBytes.ShouldBe(events.Sum(e => e.Data.Length));
    }

    private sealed class Model
    {
        public List<(TaskState State, long Seq)> Tasks { get; } = [.. Enumerable.Repeat((TaskState.Pending, 0L), EventModelContract.Tasks)];

        public int Events { get; private set; }

        public EntryStatus Apply(TaskEntry entry)
        {
            var (state, seq) = Tasks[entry.Ordinal - 1];
            if (entry.AgentSeq is { } number && number <= seq)
                return EntryStatus.Repeat;
            if ((int)state >= 3 && (entry.Move is not null || entry.AgentSeq is not null))
                return EntryStatus.AlreadyEnded;
            if (entry.AgentSeq is { } later && later != seq + 1)
                return EntryStatus.Gap;
            if (entry.Move is { } move && !TaskMoves.IsLegal(state, move.To))
                return EntryStatus.IllegalMove;
            Tasks[entry.Ordinal - 1] = (entry.Move?.To ?? state, entry.AgentSeq ?? seq);
            Events += entry.Kind is null ? 0 : 1;
            return EntryStatus.Applied;
        }
    }
}
