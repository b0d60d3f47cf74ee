namespace Fleet.Controller.Hosting.Settings;

/// <summary>A setting as somebody wrote it.</summary>
/// <param name="Value">What was written.</param>
/// <param name="Source">Where: file and line, a variable, or the command line.</param>
internal sealed record SettingText(string Value, string Source);
