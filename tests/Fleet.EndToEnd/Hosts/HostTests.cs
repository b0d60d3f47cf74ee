namespace Fleet.EndToEnd.Hosts;

/// <summary>Tests on real hosts run one after another; those of upgrades, which take as long as all others together, beside them on hosts of their own.</summary>
[CollectionDefinition(Name)]
public sealed class HostTests : ICollectionFixture<HostFleet>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "real hosts";
}

/// <summary>Tests of upgrades, on real hosts of their own.</summary>
[CollectionDefinition(Name)]
public sealed class UpgradeTests : ICollectionFixture<HostFleet>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "upgrades on real hosts";
}
