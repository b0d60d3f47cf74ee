namespace Fleet.Agent.Settings;

/// <summary>The settings, or everything that is wrong with them.</summary>
/// <param name="Settings">The settings; the defaults stand in for what is wrong.</param>
/// <param name="Faults">Each names the place, the key, the value and the mend; empty where all is well.</param>
internal sealed record LoadedSettings(AgentSettings Settings, IReadOnlyList<string> Faults)
{
    /// <summary>What was given, by the setting's name; what is not there is at its default.</summary>
    public IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>();
}

/// <summary>Puts the settings together: flags win over the environment, that over the file, that over the defaults.</summary>
internal static class SettingsLoader
{
    /// <summary>The file that is read where none is named; it may be missing.</summary>
    public const string DefaultFile = "/etc/fleet/agent.json";

    /// <summary>Names another file.</summary>
    public const string FileVariable = "FLEET_AGENT_CONFIG";

    /// <summary>Loads the settings.</summary>
    /// <param name="file">The file named by a flag; null where none is.</param>
    /// <param name="environment">Looks a variable up.</param>
    /// <param name="flags">Settings given as flags.</param>
    public static LoadedSettings Load(string? file, Func<string, string?> environment, IEnumerable<SettingValue> flags)
    {
        var faults = new List<string>();
        var values = new List<SettingValue>(FromFile(file ?? environment(FileVariable), faults));
        foreach (var key in SettingKey.All)
        {
            if (environment(key.Variable) is { Length: > 0 } text)
                values.Add(new SettingValue(key.Name, text, key.Variable));
        }

        values.AddRange(flags);
        var given = new Dictionary<string, string>();
        foreach (var value in values)
            given[value.Key] = value.Text.Trim();
        return new LoadedSettings(Apply(values, faults), faults) { Given = given };
    }

    /// <summary>Makes settings of texts that were loaded without a fault.</summary>
    public static AgentSettings Compose(IReadOnlyDictionary<string, string> given) =>
        Apply(given.Select(text => new SettingValue(text.Key, text.Value, "")), []);

    private static IReadOnlyList<SettingValue> FromFile(string? named, List<string> faults)
    {
        var path = named ?? DefaultFile;
        if (named is null && !File.Exists(path))
            return [];
        try
        {
            if (new FileInfo(path).Length > SettingsFile.MaxBytes)
            {
                faults.Add($"{path}: the file is larger than {SettingsFile.MaxBytes} bytes, so it is not a settings file");
                return [];
            }

            return SettingsFile.Read(File.ReadAllBytes(path), path, faults);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{path}: the file cannot be read: {e.Message}");
            return [];
        }
    }

    private static AgentSettings Apply(IEnumerable<SettingValue> values, List<string> faults)
    {
        var settings = new AgentSettings();
        foreach (var value in values)
        {
            var key = SettingKey.All.FirstOrDefault(k => k.Name == value.Key);
            if (key is null)
                faults.Add($"{value.Source}: there is no setting \"{value.Key}\"; there are {string.Join(", ", SettingKey.All.Select(k => k.Name))}");
            else if (key.Apply(settings, value.Text.Trim()) is { } changed)
                settings = changed;
            else
                faults.Add($"{value.Source}: {value.Key} cannot be {(key.Show(value.Text) is var shown && shown == value.Text ? $"\"{shown}\"" : shown)}: {key.Mend}");
        }

        return settings;
    }
}
