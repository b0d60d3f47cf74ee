namespace Fleet.Controller.Hosting.Settings;

/// <summary>A setting that cannot be used.</summary>
/// <param name="Key">Which.</param>
/// <param name="Value">Its value; null where the value is not the point.</param>
/// <param name="Source">Where it was given.</param>
/// <param name="Mend">What is wrong and how to mend it.</param>
internal sealed record SettingsFault(string Key, string? Value, string Source, string Mend)
{
    /// <inheritdoc/>
    public override string ToString() => Value is null ? $"{Key} ({Source}): {Mend}" : $"{Key} = \"{Value}\" ({Source}): {Mend}";
}
