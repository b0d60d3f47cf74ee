namespace Fleet.Hosting.Settings;

/// <summary>Settings that belong together.</summary>
/// <typeparam name="TOptions">The program's options, an immutable record.</typeparam>
/// <param name="Title">What they are about.</param>
/// <param name="Settings">The settings.</param>
public sealed record SettingsSection<TOptions>(string Title, IReadOnlyList<Setting<TOptions>> Settings);
