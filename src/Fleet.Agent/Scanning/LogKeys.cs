namespace Fleet.Agent.Scanning;

/// <summary>Keys of marks: scan, source, log. None of them can hold a control character.</summary>
internal static class LogKeys
{
    private const char Between = '\t';

    /// <summary>The key of a log's mark.</summary>
    public static string Of(string scan, string source, string log) => $"{scan}{Between}{source}{Between}{log}";

    /// <summary>The key under which stands when a source was first looked at.</summary>
    public static string Began(string scan, string source) => Of(scan, source, "");

    /// <summary>The key under which stands which files of a source were renamed. It begins with what no source is called, so it passes for no log.</summary>
    public static string Renamed(string scan, string source) => Of(scan, "", source);

    /// <summary>What all keys of a source begin with.</summary>
    public static string Prefix(string scan, string source) => $"{scan}{Between}{source}{Between}";
}
