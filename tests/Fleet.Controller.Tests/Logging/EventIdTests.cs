using Fleet.Tests;

namespace Fleet.Controller.Tests.Logging;

public sealed class EventIdTests
{
    [Theory]
    [InlineData(typeof(Storage.Sqlite.SqliteFleetStore), 2000, 2009)]
    [InlineData(typeof(Storage.LiteDb.LiteDbFleetStore), 2010, 2019)]
    [InlineData(typeof(Controller.Hosting.ControllerOptions), 3000, 4999)]
    public void Ids_are_unique_and_in_the_range_of_their_project(Type inside, int first, int last) =>
        EventIds.ShouldBeUniqueAndWithin(inside.Assembly, first, last);
}
