namespace Fleet.Storage;

/// <summary>What is wrong with the store itself.</summary>
public enum StoreFault
{
    /// <summary>Not one of the others; the message says what the storage engine said.</summary>
    Other = 0,

    /// <summary>Another controller has the store open.</summary>
    InUse,

    /// <summary>The file is no store, or is damaged.</summary>
    Corrupt,

    /// <summary>The file or its directory cannot be created, read or written.</summary>
    Unwritable,

    /// <summary>A newer version of Fleet wrote the store.</summary>
    NewerSchema,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>The disk failed.</summary>
    Io,

    /// <summary>Another program keeps the file locked.</summary>
    Locked,

    /// <summary>The store has been closed.</summary>
    Closed,

    /// <summary>The store that was expected is missing, or nothing is left in it.</summary>
    Lost,

    /// <summary>The store has lost what was written last, or is an older copy of the one that was expected.</summary>
    Older,

    /// <summary>The store is another fleet's.</summary>
    OtherFleet,
}
