namespace Fleet.Hosting.Settings;

/// <summary>A setting that cannot be used.</summary>
/// <param name="Key">Which; empty where it is the file as a whole.</param>
/// <param name="Source">Where it was given: file and line, a variable, a flag; empty where several settings do not fit together.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record SettingError(string Key, string Source, string Message)
{
    /// <summary>As operators read it.</summary>
    public override string ToString() => Source.Length == 0 ? Message : $"{Source}: {Message}";
}
