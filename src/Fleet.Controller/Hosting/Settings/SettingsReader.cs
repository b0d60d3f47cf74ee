namespace Fleet.Controller.Hosting.Settings;

/// <summary>Puts the options together.</summary>
internal static class SettingsReader
{
    /// <summary>Reads all sources.</summary>
    /// <exception cref="SettingsException">Something cannot be used; it names every fault.</exception>
    public static ControllerOptions Read(SettingsSources sources) => ReadGiven(sources).Options;

    /// <summary>Reads all sources, and says what they gave.</summary>
    /// <exception cref="SettingsException">Something cannot be used; it names every fault.</exception>
    public static GivenSettings ReadGiven(SettingsSources sources)
    {
        var faults = new List<SettingsFault>();
        var options = new ControllerOptions();
        var gathered = Gather(sources, faults);
        foreach (var (key, (value, source)) in gathered)
        {
            if (SettingsTable.Find(key) is not { } setting)
                faults.Add(new SettingsFault(key, value, source, UnknownMend(key)));
            else if (setting.Apply(options, value) is { } mend)
                faults.Add(new SettingsFault(key, value, source, mend));
        }

        // What holds between settings is known only once each by itself is sound.
        if (faults.Count == 0)
            faults.AddRange(RoomFaults(options).Select(fault => new SettingsFault("together", null, "all sources", fault)));
        if (faults.Count == 0 && SocketFault(options) is { } socketFault)
            faults.Add(socketFault);
        return faults.Count == 0
            ? new GivenSettings(options, gathered.ToDictionary(given => given.Key, given => given.Value.Value, StringComparer.Ordinal))
            : throw new SettingsException(faults);
    }

    private static IEnumerable<string> RoomFaults(ControllerOptions options) =>
        [.. options.Link.Validate(), .. options.Dispatch.Validate(), .. options.Upkeep.Validate()];

    private static Dictionary<string, SettingText> Gather(SettingsSources sources, List<SettingsFault> faults)
    {
        var gathered = new Dictionary<string, SettingText>(StringComparer.Ordinal);
        var path = sources.File ?? SettingsFile.DefaultPath;
        if (sources.File is not null || File.Exists(path))
        {
            foreach (var (key, text) in SettingsFile.Read(path, faults))
                gathered[key] = text;
        }

        // Unknown variables are passed over: Kubernetes, for one, sets FLEET_CONTROLLER_SERVICE_HOST for a service of that name.
        foreach (var setting in SettingsTable.All)
        {
            if (sources.Environment.TryGetValue(setting.EnvironmentName, out var value))
                gathered[setting.Key] = new SettingText(value, setting.EnvironmentName);
        }

        foreach (var (key, value) in sources.Flags)
            gathered[key] = new SettingText(value, "command line");
        return gathered;
    }

    private static string UnknownMend(string key)
    {
        var near = SettingsTable.All.FirstOrDefault(s => string.Equals(s.Key, key, StringComparison.OrdinalIgnoreCase))
            ?? SettingsTable.All.FirstOrDefault(s => string.Equals(Last(s.Key), Last(key), StringComparison.OrdinalIgnoreCase));
        return near is null
            ? "there is no such setting: `fleet-controller check-config --list` shows all"
            : $"there is no such setting: is {near.Key} meant?";

        static string Last(string key) => key[(key.LastIndexOf('.') + 1)..];
    }

    // sun_path holds 108 bytes with its terminating zero (unix(7)).
    private static SettingsFault? SocketFault(ControllerOptions options)
    {
        const int LongestPath = 107;
        var path = new DataDirectory(options.Data).SocketPath;
        return System.Text.Encoding.UTF8.GetByteCount(path) <= LongestPath
            ? null
            : new SettingsFault("data", options.Data, "all sources", $"the path is too long for a socket in it: {path} has more than {LongestPath} bytes");
    }
}
