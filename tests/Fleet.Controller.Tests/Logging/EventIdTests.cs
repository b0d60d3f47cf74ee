using Fleet.Tests;

namespace Fleet.Controller.Tests.Logging;

public sealed class EventIdTests
{
    [Theory]
    [InlineData(typeof(Storage.IFleetStore), 2000, 2999)]
    [InlineData(typeof(Controller.Hosting.ControllerOptions), 3000, 4999)]
    public void Ids_are_unique_and_in_the_range_of_their_project(Type inside, int first, int last) =>
        EventIds.ShouldBeUniqueAndWithin(inside.Assembly, first, last);
}
