namespace Fleet.Hosting.Settings;

/// <summary>The options that all sources make together, with everything that is wrong with them.</summary>
/// <typeparam name="TOptions">The program's options, an immutable record.</typeparam>
/// <param name="Options">The options; a default stands in for what is wrong.</param>
/// <param name="Errors">All errors; empty where there are none.</param>
/// <param name="Given">What was given, by the setting's key; what is not there is at its default.</param>
public sealed record LoadedSettings<TOptions>(TOptions Options, IReadOnlyList<SettingError> Errors, IReadOnlyDictionary<string, string> Given)
{
    /// <summary>The same, where nothing is wrong.</summary>
    /// <exception cref="SettingsException">Something cannot be used; it names every error.</exception>
    public LoadedSettings<TOptions> OrThrow() => Errors.Count == 0 ? this : throw new SettingsException(Errors);
}
