namespace Fleet.Storage.Tests.Contract;

/// <summary>Where the contract's tests get a store from: each time the same one, until disposed.</summary>
public interface IStoreProvider : IAsyncDisposable
{
    /// <summary>Opens the store; what an earlier opening stored is there.</summary>
    Task<IFleetStore> OpenAsync(TimeProvider time);

    /// <summary>Opens a store in another file.</summary>
    Task<IFleetStore> OpenAsync(string file, TimeProvider time);

    /// <summary>What the process that is killed is told to open.</summary>
    string Kind { get; }

    /// <summary>The store's file.</summary>
    string File { get; }

    /// <summary>The log beside it.</summary>
    string Log { get; }

    /// <summary>Whether retention makes the file smaller; else what becomes free in it is used again.</summary>
    bool GivesSpaceBack { get; }

    /// <summary>Size of the store's file.</summary>
    long FileBytes { get; }
}
