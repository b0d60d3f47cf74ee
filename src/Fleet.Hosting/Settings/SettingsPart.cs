namespace Fleet.Hosting.Settings;

/// <summary>A part of a program's options, in which settings are found and replaced.</summary>
/// <typeparam name="TOptions">The program's options, an immutable record.</typeparam>
/// <typeparam name="TPart">A record in them.</typeparam>
/// <param name="name">What stands before the dot in the keys; empty for none.</param>
/// <param name="get">Finds the part.</param>
/// <param name="set">The options with another part.</param>
public sealed class SettingsPart<TOptions, TPart>(string name, Func<TOptions, TPart> get, Func<TOptions, TPart, TOptions> set)
{
    /// <summary>Makes a setting.</summary>
    /// <param name="key">Its name in this part.</param>
    /// <param name="kind">What its value is.</param>
    /// <param name="read">Finds the value.</param>
    /// <param name="replace">The part with another value.</param>
    /// <param name="meaning">What it is, in sentences; bounds, default and whether it can be reloaded are not part of it.</param>
    public Setting<TOptions> Setting<T>(string key, SettingKind<T> kind, Func<TPart, T> read, Func<TPart, T, TPart> replace, string meaning) => new(
        name.Length == 0 ? key : $"{name}.{key}",
        meaning,
        kind.Unit,
        kind.Bounds,
        kind.Form,
        (options, text) => kind.Read(text) is var (value, hint) && hint is null ? (set(options, replace(get(options), value)), null) : (options, hint),
        options => kind.Write(read(get(options))));
}
