namespace Fleet.Hosting.Settings;

/// <summary>A setting as somebody wrote it.</summary>
/// <param name="Key">Its key, as written.</param>
/// <param name="Text">Its value; items of a list are separated by commas.</param>
/// <param name="Source">Where: file and line, a variable, a flag.</param>
public sealed record GivenSetting(string Key, string Text, string Source);

/// <summary>Where settings come from. Flags win over the environment, that over the file, and that over the defaults.</summary>
public sealed record SettingsSources
{
    /// <summary>The file that was asked for; null for the one that the environment names, else the default one, which may be missing.</summary>
    public string? File { get; init; }

    /// <summary>Looks up a variable of the environment.</summary>
    public Func<string, string?> Environment { get; init; } = static _ => null;

    /// <summary>What the command line says.</summary>
    public IReadOnlyList<GivenSetting> Flags { get; init; } = [];
}
