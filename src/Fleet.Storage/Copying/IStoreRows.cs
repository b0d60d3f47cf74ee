namespace Fleet.Storage;

/// <summary>A store as rows, for a copy of it: nobody else has it open, and nothing in it is changed.</summary>
public interface IStoreRows : IDisposable
{
    /// <summary>All rows of a table, one after the other, in no particular order.</summary>
    /// <exception cref="StoreException">They cannot be read.</exception>
    IEnumerable<object?[]> Read(StoreTable table);
}

/// <summary>A new store that is filled with the rows of another. It is one only when <see cref="Complete"/> has returned.</summary>
public interface IStoreFiller : IDisposable
{
    /// <summary>Adds rows of a table, in one transaction. Tables come in the order of <see cref="StoreTables.All"/>.</summary>
    /// <exception cref="StoreException">They cannot be written.</exception>
    void Write(StoreTable table, IReadOnlyList<object?[]> rows);

    /// <summary>Puts all of it into one file, which is on the disk then, and closes it.</summary>
    /// <exception cref="StoreException">It cannot be written.</exception>
    void Complete();
}
