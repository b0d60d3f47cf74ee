namespace Fleet.EndToEnd.Hosts;

/// <summary>Tests on real hosts run one after another, when the others are done: they measure time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HostTests : ICollectionFixture<HostFleet>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "real hosts";
}
