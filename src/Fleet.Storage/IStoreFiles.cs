using Microsoft.Extensions.Logging;

namespace Fleet.Storage;

/// <summary>Stores of one kind as files: opens, copies and looks them over. A store of one kind is no store of another.</summary>
public interface IStoreFiles
{
    /// <summary>The kind, as settings name it.</summary>
    string Kind { get; }

    /// <summary>Name of the store's file in a data directory.</summary>
    string FileName { get; }

    /// <summary>What the name of the log beside it ends in.</summary>
    string LogSuffix { get; }

    /// <summary>What the names of all files beside it that belong to it end in, the log's included.</summary>
    IReadOnlyList<string> Suffixes { get; }

    /// <summary>Opens the store, creating the file or upgrading its schema where needed, and keeps others from opening it.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="expected">What it must be like, and whose it becomes if it is new; null takes what is there.</param>
    /// <param name="time">The clock that dates the ends of jobs.</param>
    /// <param name="logger">Hears of upgrades.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreException">The file is in use, damaged, not writable, of a newer Fleet, or not the one that was expected.</exception>
    Task<IFleetStore> OpenAsync(
        string path, StoreExpectation? expected, TimeProvider time, ILogger logger, CancellationToken cancellationToken);

    /// <summary>Bytes that a copy has at most.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    Task<long> EstimateAsync(string source, CancellationToken cancellationToken);

    /// <summary>
    /// Writes one consistent state of the store to a new file, also while a controller writes to it; that waits for nothing, but its log grows
    /// meanwhile. The copy is one file, for its owner alone.
    /// </summary>
    /// <param name="source">The store.</param>
    /// <param name="target">The new file.</param>
    /// <param name="cancellationToken">Gives up; what was written is removed.</param>
    /// <exception cref="StoreException">The store cannot be read, or the copy not be written.</exception>
    Task CopyAsync(string source, string target, CancellationToken cancellationToken);

    /// <summary>Reads all of a copy: whether it is sound, and what it holds. Nothing in it is changed, and nothing is put beside it.</summary>
    /// <exception cref="StoreException">It is damaged, or no store of a fleet.</exception>
    Task<StoreContents> VerifyAsync(string copy, CancellationToken cancellationToken);

    /// <summary>Opens a store that nobody else has open, to read it row by row. Nothing in it is changed.</summary>
    /// <exception cref="StoreException">It cannot be read, is no store of a fleet, or of another version.</exception>
    IStoreRows OpenRows(string path);

    /// <summary>Makes a new file, for its owner alone, to be filled with the rows of another store.</summary>
    /// <param name="path">The file; nothing may be there.</param>
    /// <param name="time">The clock that dates the schema.</param>
    /// <param name="logger">Hears of the schema.</param>
    /// <exception cref="StoreException">It cannot be made.</exception>
    IStoreFiller CreateEmpty(string path, TimeProvider time, ILogger logger);
}
