using Serilog.Events;

namespace Fleet.Controller.Logging;

/// <summary>How log lines look on the console.</summary>
internal enum LogFormat
{
    /// <summary>A line of text with the properties at its end.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}

/// <summary>Where log lines go and which.</summary>
internal sealed class LogOptions
{
    /// <summary>The least level that is logged; can be changed while the controller runs. The default is information.</summary>
    public LogEventLevel Level { get; set; } = LogEventLevel.Information;

    /// <summary>The form on the console and in the file. The default is text.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;

    /// <summary>Whether the console gets the log. The default is yes.</summary>
    public bool Console { get; set; } = true;

    /// <summary>A file that gets the log too; a new one is begun each day and at <see cref="FileBytes"/>. The default is none.</summary>
    public string? File { get; set; }

    /// <summary>Size in bytes at which a new file is begun. The default is 64 MiB.</summary>
    public long FileBytes { get; set; } = 64 << 20;

    /// <summary>How many files are kept. The default is 14.</summary>
    public int FilesKept { get; set; } = 14;
}
