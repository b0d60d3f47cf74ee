using Fleet.Tests;

namespace Fleet.Agent.Tests.Logging;

public sealed class EventIdTests
{
    [Fact]
    public void Ids_are_unique_and_in_the_range_of_their_project() => EventIds.ShouldBeUniqueAndWithin(typeof(AgentHost).Assembly, 5000, 6999);
}
