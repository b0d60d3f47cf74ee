namespace Fleet.Hosting.Settings;

/// <summary>Some settings cannot be used. The message names them all.</summary>
public sealed class SettingsException(IReadOnlyList<SettingError> errors)
    : Exception($"{(errors.Count == 1 ? "one setting is" : $"{errors.Count} settings are")} wrong:\n{string.Join('\n', errors.Select(error => $"  {error}"))}")
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<SettingError> Errors { get; } = errors;
}
