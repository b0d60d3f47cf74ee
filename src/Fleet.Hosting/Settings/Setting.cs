namespace Fleet.Hosting.Settings;

/// <summary>One setting: everything that file, environment, command line, reload and reference know about it.</summary>
/// <typeparam name="TOptions">The program's options, an immutable record.</typeparam>
/// <param name="Key">Its name, such as <c>log.level</c>.</param>
/// <param name="Meaning">What it is, in sentences.</param>
/// <param name="Unit">What its value is.</param>
/// <param name="Bounds">What values are allowed; null where <paramref name="Unit"/> says it all.</param>
/// <param name="Form">How its value is written in a JSON file.</param>
/// <param name="Apply">The options with the value of this text; the hint says what to write instead, and is null where the value is good.</param>
/// <param name="Write">The value in these options as text; null where there is none.</param>
public sealed record Setting<TOptions>(
    string Key,
    string Meaning,
    string Unit,
    string? Bounds,
    SettingForm Form,
    Func<TOptions, string, (TOptions Options, string? Hint)> Apply,
    Func<TOptions, string?> Write)
{
    /// <summary>Whether a reload changes it. The default is no: it counts after a restart.</summary>
    public bool IsReloadable { get; init; }

    /// <summary>What it was called before; null where it always had its name. Whoever uses that name is told the new one.</summary>
    public string? FormerKey { get; init; }

    /// <summary>What is shown in the commented file where there is no default.</summary>
    public string? Example { get; init; }

    /// <summary>What holds where it is not set, in words, where no value can say it.</summary>
    public string? DefaultMeaning { get; init; }

    /// <summary>The text as messages and the log may repeat it, in quotes where it is repeated. The default is as it is.</summary>
    public Func<string, string>? Mask { get; init; }

    /// <summary>Its meaning in one sentence.</summary>
    public string Summary => Meaning.IndexOf(". ", StringComparison.Ordinal) is var end and > 0 ? Meaning[..end] : Meaning.TrimEnd('.');

    /// <summary>The flag, where the program has one for every setting: <c>--log-level</c>.</summary>
    public string Flag => FlagOf(Key);

    /// <summary>The flag that it had before; null where it has the same or the key was never another.</summary>
    public string? FormerFlag => FormerKey is { } former && FlagOf(former) is var flag && flag != Flag ? flag : null;

    /// <summary>The same setting, which a reload changes.</summary>
    public Setting<TOptions> Reloadable() => this with { IsReloadable = true };

    /// <summary>The same setting, which had another name.</summary>
    public Setting<TOptions> Formerly(string key) => this with { FormerKey = key };

    /// <summary>The same setting, of which an example is shown, and what holds without it.</summary>
    public Setting<TOptions> Unset(string meaning, string example) => this with { DefaultMeaning = meaning, Example = example };

    /// <summary>The text as the log may show it.</summary>
    public string Show(string text) => Mask is null ? text : Mask(text);

    /// <summary>Its name in the environment: the prefix and <c>LOG_LEVEL</c>.</summary>
    internal string VariableOf(string prefix) => prefix + Words(Key, '_').ToUpperInvariant();

    /// <summary>The name in the environment that it had before; null where it has the same or the key was never another.</summary>
    internal string? FormerVariableOf(string prefix) =>
        FormerKey is { } former && prefix + Words(former, '_').ToUpperInvariant() is var variable && variable != VariableOf(prefix) ? variable : null;

    private static string FlagOf(string key) => "--" + Words(key, '-').ToLowerInvariant();

    private static string Words(string key, char between) => string.Concat(key.Select(c =>
        c is '.' or '_' ? between.ToString() : char.IsAsciiLetterUpper(c) ? $"{between}{c}" : c.ToString()));
}
