using Fleet.Controller.Link;

namespace Fleet.Controller.Tests.Link;

public sealed class StormTidyTests
{
    [Fact]
    public void It_is_due_once_after_a_storm_has_calmed_down()
    {
        var tidy = new StormTidy();
        Looks(tidy, 100, 200, 300).ShouldBe([false, false, false]);
        Looks(tidy, 300, 300, 300, 300, 300).ShouldBe([false, false, false, false, true]);
        Looks(tidy, 300, 300, 300, 300, 300, 300).ShouldNotContain(true);
    }

    [Fact]
    public void A_few_newcomers_or_links_that_end_are_no_storm()
    {
        var tidy = new StormTidy();
        Looks(tidy, 10, 20, 20, 20, 20, 20, 20, 20).ShouldNotContain(true);
        Looks(tidy, 5, 5, 5, 5, 5, 5, 5).ShouldNotContain(true);
    }

    private static bool[] Looks(StormTidy tidy, params int[] links) => [.. links.Select(tidy.IsDue)];
}
