namespace Fleet.Protocol;

/// <summary>Bounds that every receiver checks, whatever the sender promised. Sizes are in bytes.</summary>
public static class Limits
{
    /// <summary>A gRPC message between any two parts of Fleet.</summary>
    public const int MessageBytes = 4 * 1024 * 1024;

    /// <summary>A serialized task specification.</summary>
    public const int SpecBytes = 3 * 1024 * 1024;

    /// <summary>Steps of one task.</summary>
    public const int Steps = 64;

    /// <summary>Words of one argv command, and arguments of one script.</summary>
    public const int Words = 4096;

    /// <summary>A script sent along with a task.</summary>
    public const int ScriptBytes = 2 * 1024 * 1024;

    /// <summary>Standard input sent along with a task.</summary>
    public const int StdinBytes = 1024 * 1024;

    /// <summary>Environment variables of one task.</summary>
    public const int EnvironmentVariables = 1024;

    /// <summary>One chunk of output.</summary>
    public const int ChunkBytes = 64 * 1024;

    /// <summary>Head or tail kept of one stream, at most.</summary>
    public const int KeptOutputBytes = 16 * 1024 * 1024;

    /// <summary>First bytes of one stream that somebody follows, at most: half of what an agent's journal holds by default.</summary>
    public const int StreamedOutputBytes = 128 * 1024 * 1024;

    /// <summary>Head or tail kept of one stream where the operator says nothing.</summary>
    public const int DefaultKeptOutputBytes = 256 * 1024;

    /// <summary>A job's summary, in characters.</summary>
    public const int SummaryCharacters = 1024;

    /// <summary>Sources of one log search, scan or tail.</summary>
    public const int LogSources = 64;

    /// <summary>Patterns of one log search, scan or tail: results name them by bits.</summary>
    public const int LogPatterns = 64;

    /// <summary>One pattern, in characters.</summary>
    public const int LogPatternCharacters = 4096;

    /// <summary>A path on a host, in characters: PATH_MAX of Linux.</summary>
    public const int PathCharacters = 4096;

    /// <summary>Lines from before now with which a tail may begin, of each log.</summary>
    public const int TailLastLines = 10_000;

    /// <summary>Hosts of one tail: of more nobody can read along.</summary>
    public const int TailHosts = 1000;

    /// <summary>The longest line that a tail shows, in bytes; of a longer one its beginning.</summary>
    public const int TailLineBytes = 64 * 1024;

    /// <summary>Labels of one agent.</summary>
    public const int Labels = 64;

    /// <summary>Facts of one agent.</summary>
    public const int Facts = 256;

    /// <summary>One fact's value, in characters.</summary>
    public const int FactCharacters = 4096;

    /// <summary>Tasks that an agent may name in its hello.</summary>
    public const int HeldTasks = 4096;

    /// <summary>An artifact that agents are upgraded with.</summary>
    public const long ArtifactBytes = 256L * 1024 * 1024;

    /// <summary>The least and the most that a new version of the agent gets for making its link.</summary>
    public static readonly TimeSpan LeastHealthTimeout = TimeSpan.FromSeconds(1);

    /// <summary>See <see cref="LeastHealthTimeout"/>.</summary>
    public static readonly TimeSpan MostHealthTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The longest that an upgrade waits for other tasks of its host.</summary>
    public static readonly TimeSpan MostDrain = TimeSpan.FromHours(1);

    /// <summary>The longest run timeout.</summary>
    public static readonly TimeSpan RunTimeout = TimeSpan.FromDays(7);

    /// <summary>The longest grace between TERM and KILL.</summary>
    public static readonly TimeSpan KillGrace = TimeSpan.FromMinutes(10);

    /// <summary>The longest that a task may wait for an agent that is away.</summary>
    public static readonly TimeSpan DeliveryTimeout = TimeSpan.FromDays(7);
}
