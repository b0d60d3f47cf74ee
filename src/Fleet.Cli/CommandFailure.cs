namespace Fleet.Cli;

/// <summary>A command cannot go on, for a reason that its user can fix. Caught once, in Program.</summary>
internal sealed class CommandFailure : Exception
{
    public CommandFailure(int exitCode, string message, string? hint = null)
        : base(hint is null ? message : $"{message}\n  {hint}") => ExitCode = exitCode;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; }

    /// <summary>The command line or a file is wrong.</summary>
    public static CommandFailure Usage(string message, string? hint = null) => new(Cli.ExitCode.BadUsage, message, hint);

    /// <summary>The controller cannot be reached or refuses.</summary>
    public static CommandFailure Controller(string message, string? hint = null) => new(Cli.ExitCode.NoController, message, hint);
}
