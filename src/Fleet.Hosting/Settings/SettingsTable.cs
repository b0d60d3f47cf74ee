using Fleet.Protocol.Text;

namespace Fleet.Hosting.Settings;

/// <summary>
/// Every setting of a program: from it file, environment, command line, reload, the commented file and the reference follow. A default stands
/// in the options' record alone; a bound and a sentence stand here alone.
/// </summary>
/// <typeparam name="TOptions">The program's options, an immutable record.</typeparam>
public sealed class SettingsTable<TOptions>
{
    private readonly Dictionary<string, Setting<TOptions>> _byKey;
    private readonly Dictionary<string, Setting<TOptions>> _byFormerKey;

    /// <param name="program">The program, which is its service, too: <c>fleet-agent</c>.</param>
    /// <param name="defaultFile">The file that is read where none is named; it may be missing.</param>
    /// <param name="defaults">The options where nothing is set.</param>
    /// <param name="sections">The settings.</param>
    public SettingsTable(string program, string defaultFile, TOptions defaults, IReadOnlyList<SettingsSection<TOptions>> sections)
    {
        (Program, DefaultFile, Defaults, Sections) = (program, defaultFile, defaults, sections);
        Prefix = program.ToUpperInvariant().Replace('-', '_') + "_";
        All = [.. sections.SelectMany(section => section.Settings)];
        _byKey = All.ToDictionary(setting => setting.Key, StringComparer.Ordinal);
        _byFormerKey = All.Where(setting => setting.FormerKey is not null).ToDictionary(setting => setting.FormerKey!, StringComparer.Ordinal);
    }

    /// <summary>The program, which is its service, too.</summary>
    public string Program { get; }

    /// <summary>The file that is read where none is named; it may be missing.</summary>
    public string DefaultFile { get; }

    /// <summary>What variables of the environment begin with.</summary>
    public string Prefix { get; }

    /// <summary>The variable that names another file.</summary>
    public string FileVariable => Prefix + "CONFIG";

    /// <summary>The options where nothing is set.</summary>
    public TOptions Defaults { get; }

    /// <summary>The settings by what they are about.</summary>
    public IReadOnlyList<SettingsSection<TOptions>> Sections { get; }

    /// <summary>Every setting.</summary>
    public IReadOnlyList<Setting<TOptions>> All { get; }

    /// <summary>What holds between settings that are each good by themselves: key and message of every error.</summary>
    public Func<TOptions, IEnumerable<(string Key, string Message)>> Rules { get; init; } = static _ => [];

    /// <summary>The setting of this key; null if there is none.</summary>
    public Setting<TOptions>? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>A setting's name in the environment.</summary>
    public string VariableOf(Setting<TOptions> setting) => setting.VariableOf(Prefix);

    /// <summary>Reads all sources.</summary>
    public LoadedSettings<TOptions> Load(SettingsSources sources)
    {
        var errors = new List<SettingError>();
        var values = new List<GivenSetting>();
        var file = FileOf(sources);
        if (file != DefaultFile || File.Exists(file))
            values.AddRange(SettingsFile.Read(file, errors));
        AddVariables(sources.Environment, values, errors);
        values.AddRange(sources.Flags);
        return Apply(values, errors);
    }

    /// <summary>The file that is read.</summary>
    public string FileOf(SettingsSources sources) =>
        sources.File ?? (sources.Environment(FileVariable) is { Length: > 0 } named ? named : DefaultFile);

    /// <summary>Makes options of texts.</summary>
    public LoadedSettings<TOptions> Compose(IReadOnlyDictionary<string, string> given) =>
        Apply(given.Select(text => new GivenSetting(text.Key, text.Value, "")), []);

    // Unknown variables are passed over: Kubernetes, for one, sets FLEET_CONTROLLER_SERVICE_HOST for a service of that name. Those that once
    // counted are not: who set one would not notice.
    private void AddVariables(Func<string, string?> environment, List<GivenSetting> values, List<SettingError> errors)
    {
        foreach (var setting in All)
        {
            var variable = VariableOf(setting);
            if (environment(variable) is { Length: > 0 } text)
                values.Add(new GivenSetting(setting.Key, text, variable));
            if (setting.FormerVariableOf(Prefix) is { } former && environment(former) is { Length: > 0 })
                errors.Add(new SettingError(setting.Key, former, $"this variable is now called {variable}"));
        }
    }

    private LoadedSettings<TOptions> Apply(IEnumerable<GivenSetting> values, List<SettingError> errors)
    {
        var options = Defaults;
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, text, source) in values)
        {
            if (Find(key) is not { } setting)
            {
                errors.Add(new SettingError(key, source, Unknown(key)));
                continue;
            }

            var value = text.Trim();
            given[key] = value;
            (options, var hint) = setting.Apply(options, value);
            if (hint is not null)
                errors.Add(new SettingError(key, source, $"{key} cannot be {Quoted(setting, value)}: {hint}"));
        }

        // What holds between settings is known only once each by itself is good.
        if (errors.Count == 0)
            errors.AddRange(Rules(options).Select(error => new SettingError(error.Key, "", error.Message)));
        return new LoadedSettings<TOptions>(options, errors, given);
    }

    private static string Quoted(Setting<TOptions> setting, string text) => setting.Show(text) is var shown && shown == text ? $"\"{text}\"" : shown;

    private string Unknown(string key)
    {
        if (_byFormerKey.TryGetValue(key, out var renamed))
            return $"\"{key}\" is now called \"{renamed.Key}\"";
        var near = All.FirstOrDefault(s => string.Equals(s.Key, key, StringComparison.OrdinalIgnoreCase))?.Key
            ?? All.FirstOrDefault(s => string.Equals(Last(s.Key), Last(key), StringComparison.OrdinalIgnoreCase))?.Key
            ?? NearestWord.Find(key, [.. _byKey.Keys]);
        return $"there is no setting \"{key}\": {(near is null ? "" : $"did you mean \"{near}\"? ")}`{Program} check-config --list` shows all";

        static string Last(string key) => key[(key.LastIndexOf('.') + 1)..];
    }
}
