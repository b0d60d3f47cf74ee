using Fleet.Controller.Artifacts;
using Fleet.Tests;

namespace Fleet.Controller.Tests.Artifacts;

public sealed class DownloadPaceTests
{
    private readonly ManualTime _time = new();
    private int _cuts;

    [Fact]
    public void Who_stands_still_is_cut_off_after_a_grace_however_fast_it_went_before()
    {
        using var pace = new DownloadPace(() => 1000, _time, () => _cuts++);
        pace.Taken(10_000_000);
        Pass(10);
        _cuts.ShouldBe(0);
        Pass(1);
        _cuts.ShouldBe(1);
        pace.IsTooSlow.ShouldBeTrue();
    }

    [Fact]
    public void Who_takes_enough_is_let_go_on_and_who_takes_half_of_it_falls_behind()
    {
        using var pace = new DownloadPace(() => 1000, _time, () => _cuts++);
        for (var i = 0; i < 100; i++)
        {
            pace.Taken(1000);
            Pass(1);
        }

        for (var i = 0; i < 19; i++)
        {
            pace.Taken(500);
            Pass(1);
        }

        _cuts.ShouldBe(0);
        Pass(1);
        _cuts.ShouldBe(1);
    }

    [Fact]
    public void Once_it_is_over_nobody_is_cut_off()
    {
        new DownloadPace(() => 1000, _time, () => _cuts++).Dispose();
        Pass(60);
        _cuts.ShouldBe(0);
    }

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            _time.Advance(TimeSpan.FromSeconds(1));
    }
}
