using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Spec;

/// <summary>How a command is run on each host.</summary>
internal sealed record RunOptions
{
    /// <summary>User to run as; null: the agent's own.</summary>
    public string? User { get; init; }

    /// <summary>Absolute path; null: the user's home.</summary>
    public string? Directory { get; init; }

    /// <summary>File mode creation mask; null: the agent's own.</summary>
    public uint? Umask { get; init; }

    /// <summary>Variables to add.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Start from an empty environment.</summary>
    public bool CleanEnvironment { get; init; }

    /// <summary>Standard input; null: none.</summary>
    public byte[]? Stdin { get; init; }

    /// <summary>Run timeout. The default is 5 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Between TERM and KILL. The default is 10 seconds.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes kept from the beginning of each stream. The default is 256 KiB.</summary>
    public long HeadBytes { get; init; } = Limits.DefaultKeptOutputBytes;

    /// <summary>Bytes kept from the end of each stream. The default is 256 KiB.</summary>
    public long TailBytes { get; init; } = Limits.DefaultKeptOutputBytes;

    /// <summary>What its processes may use together; null: no limits.</summary>
    public ResourceLimits? ResourceLimits { get; init; }

    /// <summary>Whether later commands are left out after one that did not succeed.</summary>
    public bool StopOnFailure { get; init; }
}
