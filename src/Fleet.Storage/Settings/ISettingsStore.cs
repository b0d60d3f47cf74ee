namespace Fleet.Storage;

/// <summary>Small named values, such as the public parts of the trust roots and the fleet's id.</summary>
public interface ISettingsStore
{
    /// <summary>The value; null if it was never set.</summary>
    Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Sets the value, replacing an earlier one.</summary>
    Task SetAsync(string name, byte[] value, CancellationToken cancellationToken);

    /// <summary>Sets the value unless there is one; returns what is stored then. Made for what is created once, at first start.</summary>
    Task<byte[]> GetOrAddAsync(string name, byte[] value, CancellationToken cancellationToken);

    /// <summary>Removes the value; false if there was none.</summary>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken);
}
