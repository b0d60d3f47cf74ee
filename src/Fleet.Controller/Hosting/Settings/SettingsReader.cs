namespace Fleet.Controller.Hosting.Settings;

/// <summary>Puts the options together.</summary>
internal static class SettingsReader
{
    /// <summary>Reads all sources.</summary>
    /// <exception cref="SettingsException">Something cannot be used; it names every fault.</exception>
    public static ControllerOptions Read(SettingsSources sources)
    {
        var faults = new List<SettingsFault>();
        var options = new ControllerOptions();
        foreach (var (key, (value, source)) in Gather(sources, faults))
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
        return faults.Count == 0 ? options : throw new SettingsException(faults);
    }

    private static IEnumerable<string> RoomFaults(ControllerOptions options) =>
        [.. options.Link.Validate(), .. options.Dispatch.Validate(), .. options.Upkeep.Validate()];

    private static Dictionary<string, (string Value, string Source)> Gather(SettingsSources sources, List<SettingsFault> faults)
    {
        var gathered = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        var path = sources.File ?? SettingsFile.DefaultPath;
        if (sources.File is not null || File.Exists(path))
        {
            foreach (var (key, value) in SettingsFile.Read(path, faults))
                gathered[key] = (value, path);
        }

        // Unknown variables are passed over: Kubernetes, for one, sets FLEET_CONTROLLER_SERVICE_HOST for a service of that name.
        foreach (var setting in SettingsTable.All)
        {
            if (sources.Environment.TryGetValue(setting.EnvironmentName, out var value))
                gathered[setting.Key] = (value, setting.EnvironmentName);
        }

        foreach (var (key, value) in sources.Flags)
            gathered[key] = (value, "command line");
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
