namespace Fleet.Hosting.Settings;

/// <summary>Options that a reload may replace: an immutable snapshot, to be asked for at each use and not to be kept.</summary>
/// <typeparam name="T">The options, an immutable record.</typeparam>
public sealed class Reloadable<T>
{
    private readonly Func<T> _read;

    /// <summary>Options that stay.</summary>
    public Reloadable(T value)
        : this(() => value)
    {
    }

    /// <summary>Options that change.</summary>
    /// <param name="read">Says what they are now.</param>
    public Reloadable(Func<T> read) => _read = read;

    /// <summary>The snapshot that counts now. What belongs together is read from one snapshot.</summary>
    public T Value => _read();

    /// <summary>A part of them.</summary>
    public Reloadable<TPart> Select<TPart>(Func<T, TPart> part) => new(() => part(Value));

    /// <summary>Options that stay.</summary>
    public static implicit operator Reloadable<T>(T value) => new(value);
}
