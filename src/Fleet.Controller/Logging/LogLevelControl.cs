using Fleet.Hosting.Logging;
using Serilog.Core;
using Serilog.Events;

namespace Fleet.Controller.Logging;

/// <summary>The level of the log, changeable while the controller runs.</summary>
internal sealed class LogLevelControl(LogLevel initial)
{
    /// <summary>What the log asks.</summary>
    public LoggingLevelSwitch Switch { get; } = new(Of(initial));

    /// <summary>The level as operators write it.</summary>
    public string Current => LogLevels.Write((LogLevel)Switch.MinimumLevel);

    /// <summary>Changes the level.</summary>
    public void Set(LogLevel level) => Switch.MinimumLevel = Of(level);

    /// <summary>Changes the level; false where the text is none.</summary>
    public bool TrySet(string text)
    {
        if (LogLevels.Read(text) is not { } level)
            return false;
        Set(level);
        return true;
    }

    // Both count from 0 in the same order.
    private static LogEventLevel Of(LogLevel level) => (LogEventLevel)level;
}
