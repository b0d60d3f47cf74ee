using Fleet.Agent.Tailing;
using Fleet.Tests;

namespace Fleet.Agent.Tests.Tailing;

public sealed class TailPaceTests
{
    private readonly ManualTime _time = new();
    private readonly TailPace _pace;

    public TailPaceTests() => _pace = new TailPace(_time);

    [Fact]
    public void A_short_wait_leaves_nothing_out()
    {
        Next(hasRoom: true, isCaughtUp: false).ShouldBe(TailMove.Show);
        Next(hasRoom: false, isCaughtUp: false).ShouldBe(TailMove.Hold);
        _time.Advance(TailPace.Patience - TimeSpan.FromMilliseconds(1));
        Next(hasRoom: false, isCaughtUp: false).ShouldBe(TailMove.Hold);
        Next(hasRoom: true, isCaughtUp: false).ShouldBe(TailMove.Show);
        Next(hasRoom: false, isCaughtUp: false).ShouldBe(TailMove.Hold);
    }

    [Fact]
    public void Who_takes_nothing_for_too_long_gets_a_count_until_the_logs_end_is_reached()
    {
        Next(hasRoom: false, isCaughtUp: false);
        _time.Advance(TailPace.Patience);
        Next(hasRoom: false, isCaughtUp: false).ShouldBe(TailMove.Count);
        Next(hasRoom: false, isCaughtUp: true).ShouldBe(TailMove.Count);
        Next(hasRoom: true, isCaughtUp: false).ShouldBe(TailMove.Count);
        Next(hasRoom: true, isCaughtUp: true).ShouldBe(TailMove.Show);
    }

    [Fact]
    public void Who_is_slower_than_the_log_for_too_long_gets_to_its_end_too()
    {
        var move = TailMove.Hold;
        for (var waited = TimeSpan.Zero; waited <= TailPace.MostBehind; waited += TimeSpan.FromSeconds(1))
        {
            move.ShouldBe(TailMove.Hold);
            Next(hasRoom: true, isCaughtUp: false).ShouldBe(TailMove.Show);
            move = Next(hasRoom: false, isCaughtUp: false);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        move.ShouldBe(TailMove.Count);
    }

    private TailMove Next(bool hasRoom, bool isCaughtUp) => _pace.Next(hasRoom, isCaughtUp);
}
