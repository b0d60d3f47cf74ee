using Serilog.Core;
using Serilog.Events;

namespace Fleet.Controller.Logging;

/// <summary>The level of the log, changeable while the controller runs.</summary>
internal sealed class LogLevelControl(LogEventLevel initial)
{
    /// <summary>The levels there are, for messages.</summary>
    public const string Levels = "verbose, debug, information, warning or error";

    /// <summary>What the log asks.</summary>
    public LoggingLevelSwitch Switch { get; } = new(initial);

    /// <summary>The level as operators write it.</summary>
    public string Current => Write(Switch.MinimumLevel);

    /// <summary>Changes the level; false where the text is none.</summary>
    public bool TrySet(string text)
    {
        if (Read(text) is not { } level)
            return false;
        Switch.MinimumLevel = level;
        return true;
    }

    /// <summary>Reads a level; null where the text is none.</summary>
    public static LogEventLevel? Read(string text) => text switch
    {
        "verbose" => LogEventLevel.Verbose,
        "debug" => LogEventLevel.Debug,
        "information" => LogEventLevel.Information,
        "warning" => LogEventLevel.Warning,
        "error" => LogEventLevel.Error,
        _ => null,
    };

    private static string Write(LogEventLevel level) => level.ToString().ToLowerInvariant();
}
