using Microsoft.Extensions.Logging;

namespace Fleet.Hosting.Logging;

/// <summary>The levels of the log, as operators write them.</summary>
public static class LogLevels
{
    /// <summary>All of them, the least severe first.</summary>
    public static IReadOnlyList<(string Word, LogLevel Level)> All { get; } =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("information", LogLevel.Information),
        ("warning", LogLevel.Warning), ("error", LogLevel.Error), ("critical", LogLevel.Critical),
    ];

    /// <summary>All of them, for messages.</summary>
    public static string Words { get; } = string.Join(", ", All.SkipLast(1).Select(level => level.Word)) + $" or {All[^1].Word}";

    /// <summary>Reads a level; null where the text is none.</summary>
    public static LogLevel? Read(string text) => All.Where(level => level.Word == text).Select(level => (LogLevel?)level.Level).FirstOrDefault();

    /// <summary>Writes a level.</summary>
    public static string Write(LogLevel level) => All.First(known => known.Level == level).Word;
}
