namespace Fleet.Storage.Tests.Contract;

/// <summary>What every provider must keep to. Each test gets an empty store of its own.</summary>
public abstract class StoreContract(IStoreProvider provider) : IAsyncLifetime
{
    protected static readonly CancellationToken None = CancellationToken.None;

    protected IStoreProvider Provider => provider;

    internal SettableTime Time { get; } = new();

    protected IFleetStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => Store = await provider.OpenAsync(Time).InTime();

    public async Task DisposeAsync()
    {
        var faults = await Store.CheckAsync(None).InTime();
        await Store.DisposeAsync().AsTask().InTime();
        await provider.DisposeAsync().AsTask().InTime();
        faults.ShouldBeEmpty();
    }

    /// <summary>Closes the store and opens it again.</summary>
    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync().AsTask().InTime();
        Store = await provider.OpenAsync(Time).InTime();
    }
}
