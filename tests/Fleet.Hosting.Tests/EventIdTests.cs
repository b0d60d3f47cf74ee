using Fleet.Hosting.Settings;
using Fleet.Tests;

namespace Fleet.Hosting.Tests;

public sealed class EventIdTests
{
    [Fact]
    public void Ids_are_unique_and_in_the_range_of_their_project() => EventIds.ShouldBeUniqueAndWithin(typeof(SettingsFile).Assembly, 1000, 1999);
}
