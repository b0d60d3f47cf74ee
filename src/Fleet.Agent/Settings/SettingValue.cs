namespace Fleet.Agent.Settings;

/// <summary>A setting as somebody wrote it.</summary>
/// <param name="Key">Its name, as in the file.</param>
/// <param name="Text">What was written; items of a list are separated by commas.</param>
/// <param name="Source">Where: a file and line, an environment variable, a flag.</param>
internal sealed record SettingValue(string Key, string Text, string Source);
