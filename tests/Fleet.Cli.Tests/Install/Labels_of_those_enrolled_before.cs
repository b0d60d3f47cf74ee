using Fleet.Cli.Install;

namespace Fleet.Cli.Tests.Install;

public sealed class Labels_of_those_enrolled_before
{
    [Fact]
    public void Only_what_differs_is_set_and_nothing_is_taken_away()
    {
        var has = new Dictionary<string, string> { ["group.web"] = "yes", ["site"] = "paris", ["kept"] = "1" };

        var changes = LabelChanges.Of(["site=\"berlin, east\"", "group.db=yes", "group.web=yes"], has);

        changes.Set.ShouldBe(new Dictionary<string, string> { ["group.db"] = "yes", ["site"] = "berlin, east" }, ignoreOrder: true);
        changes.Text.ShouldBe("group.db=yes, site=berlin, east (was paris)");
    }

    [Fact]
    public void A_second_run_has_nothing_to_set() =>
        LabelChanges.Of(["a=1", "a=2"], new Dictionary<string, string> { ["a"] = "2" }).Set.ShouldBeEmpty();
}
