using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Storage.Tests.Jobs;

public sealed class TaskMovesTests
{
    private static readonly TaskState[] States = Enum.GetValues<TaskState>();

    [Fact]
    public void The_states_are_numbered_without_holes_as_they_are_stored()
    {
        States.Length.ShouldBe(TaskMoves.StateCount);
        States.Select(state => (int)state).ShouldBe(Enumerable.Range(0, TaskMoves.StateCount));
        States.Where(TaskMoves.IsEnd).ShouldBe(
        [
            TaskState.Succeeded, TaskState.Failed, TaskState.TimedOut, TaskState.Cancelled, TaskState.Rejected, TaskState.Expired,
            TaskState.Interrupted, TaskState.Skipped,
        ]);
    }

    [Fact]
    public void No_sequence_of_legal_moves_leaves_an_end_or_starts_a_task_twice() =>
        Prop.ForAll(
            Gen.ListOf(Gen.Elements(States)).ToArbitrary(),
            wishes =>
            {
                var way = new List<TaskState> { TaskState.Pending };
                foreach (var to in wishes.Where(to => TaskMoves.IsLegal(way[^1], to)))
                    way.Add(to);
                return way.Count(TaskMoves.IsEnd) <= 1
                    && !way.Take(way.Count - 1).Any(TaskMoves.IsEnd)
                    && way.Count(state => state == TaskState.Running) <= 1
                    && (way[^1] != TaskState.Skipped || way[^2] == TaskState.Pending);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_open_task_can_end_and_only_a_dispatched_one_goes_back()
    {
        foreach (var from in States.Where(state => !TaskMoves.IsEnd(state)))
        {
            TaskMoves.IsLegal(from, TaskState.Cancelled).ShouldBeTrue();
            TaskMoves.IsLegal(from, TaskState.Interrupted).ShouldBeTrue();
            TaskMoves.IsLegal(from, TaskState.Pending).ShouldBe(from == TaskState.Dispatched);
        }

        TaskMoves.IsLegal(TaskState.Running, TaskState.Dispatched).ShouldBeFalse();
        TaskMoves.IsLegal(TaskState.Running, TaskState.Expired).ShouldBeFalse();
        TaskMoves.IsLegal(TaskState.Running, TaskState.Rejected).ShouldBeFalse();
    }

    [Fact]
    public void A_number_that_is_no_state_is_no_move() =>
        Prop.ForAll(
            Gen.Elements(States).ToArbitrary(),
            Gen.Choose(TaskMoves.StateCount, 1000).Or(Gen.Choose(-1000, -1)).ToArbitrary(),
            (from, number) => !TaskMoves.IsLegal(from, (TaskState)number)).QuickCheckThrowOnFailure();
}
