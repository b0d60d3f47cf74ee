namespace Fleet.Storage.Tests;

public sealed class FairShareTests
{
    [Theory]
    [InlineData(new long[] { 1, 2, 3 }, 6, long.MaxValue)]
    [InlineData(new long[] { 2, 2000 }, 1000, 998)]
    [InlineData(new long[] { 500, 600 }, 800, 400)]
    [InlineData(new long[] { 10, 10, 10 }, 10, 3)]
    [InlineData(new long[] { 5, 5 }, 0, 0)]
    [InlineData(new long[0], 0, long.MaxValue)]
    public void Nobody_gets_more_than_leaves_room_for_all(long[] wanted, long room, long share) => FairShare.Of(wanted, room).ShouldBe(share);
}
