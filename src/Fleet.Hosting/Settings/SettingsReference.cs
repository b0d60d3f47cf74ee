namespace Fleet.Hosting.Settings;

/// <summary>What a table says to people.</summary>
public static class SettingsReference
{
    private const int KeyWidth = 34;

    /// <summary>Every setting in a line, for the terminal.</summary>
    public static void List<TOptions>(SettingsTable<TOptions> table, TextWriter output)
    {
        foreach (var setting in table.All)
            output.WriteLine($"{setting.Key.PadRight(KeyWidth)} {setting.Summary} ({table.VariableOf(setting)})");
    }
}
