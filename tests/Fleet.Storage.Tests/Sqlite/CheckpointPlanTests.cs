namespace Fleet.Storage.Tests.Sqlite;

public sealed class CheckpointPlanTests
{
    private readonly CheckpointPlan _plan = new(Seconds(2), Seconds(30));

    [Fact]
    public void A_store_in_which_nothing_was_written_is_left_alone()
    {
        _plan.IsDue(Seconds(1000)).ShouldBeFalse();
        _plan.Wait(Seconds(1000)).ShouldBe(Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void It_is_due_once_nothing_was_written_for_a_while_and_then_not_again()
    {
        _plan.Committed(Seconds(10));
        _plan.Committed(Seconds(11));

        _plan.Wait(Seconds(11)).ShouldBe(Seconds(2));
        _plan.IsDue(Seconds(12)).ShouldBeFalse();
        _plan.IsDue(Seconds(13)).ShouldBeTrue();
        _plan.Wait(Seconds(14)).ShouldBe(TimeSpan.Zero);
        _plan.Done(complete: true, Seconds(13));
        _plan.IsDue(Seconds(1000)).ShouldBeFalse();
    }

    [Fact]
    public void A_store_that_is_never_quiet_gets_its_turn_too()
    {
        for (var at = 10; at < 40; at++)
        {
            _plan.Committed(Seconds(at));
            _plan.IsDue(Seconds(at)).ShouldBeFalse();
        }

        _plan.IsDue(Seconds(40)).ShouldBeTrue();
    }

    [Fact]
    public void Where_a_reader_was_in_the_way_it_is_tried_again_later()
    {
        _plan.Committed(Seconds(10));
        _plan.Done(complete: false, Seconds(12));

        _plan.IsDue(Seconds(41)).ShouldBeFalse();
        _plan.IsDue(Seconds(42)).ShouldBeTrue();
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
