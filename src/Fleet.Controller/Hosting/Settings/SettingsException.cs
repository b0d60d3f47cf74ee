namespace Fleet.Controller.Hosting.Settings;

/// <summary>Some settings cannot be used. The message names them all.</summary>
internal sealed class SettingsException(IReadOnlyList<SettingsFault> faults)
    : Exception($"{(faults.Count == 1 ? "one setting is" : $"{faults.Count} settings are")} wrong:\n{string.Join('\n', faults.Select(f => $"  {f}"))}")
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<SettingsFault> Faults { get; } = faults;
}
