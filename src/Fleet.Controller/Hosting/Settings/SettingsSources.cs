namespace Fleet.Controller.Hosting.Settings;

/// <summary>Where settings may come from. Flags win over the environment, that over the file, and that over the defaults.</summary>
internal sealed record SettingsSources
{
    /// <summary>The file that was asked for; null for the default one, which may be missing.</summary>
    public string? File { get; init; }

    /// <summary>The environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Flags, by the setting's key.</summary>
    public IReadOnlyDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();
}
