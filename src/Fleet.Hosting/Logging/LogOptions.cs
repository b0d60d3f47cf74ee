using Microsoft.Extensions.Logging;

namespace Fleet.Hosting.Logging;

/// <summary>The form of log lines.</summary>
public enum LogFormat
{
    /// <summary>A line of text for people.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}

/// <summary>What is logged, and where to.</summary>
public sealed record LogOptions
{
    /// <summary>The least severe that is logged.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>The form of the lines.</summary>
    public LogFormat Format { get; init; } = LogFormat.Text;

    /// <summary>Whether standard output gets the log.</summary>
    public bool Console { get; init; } = true;

    /// <summary>A file that gets the log, too; null for none.</summary>
    public string? File { get; init; }

    /// <summary>Size at which a new file is begun.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Files that are kept.</summary>
    public required int FilesKept { get; init; }
}
