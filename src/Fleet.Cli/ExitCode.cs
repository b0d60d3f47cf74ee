namespace Fleet.Cli;

/// <summary>How `fleet` ends, for scripts. Documented in docs/cli.md; never renumbered.</summary>
internal static class ExitCode
{
    /// <summary>It did what was asked; of a job: every task succeeded.</summary>
    public const int Success = 0;

    /// <summary>Some target did not succeed: failed, timed out, cancelled, rejected, interrupted or skipped.</summary>
    public const int SomeFailed = 1;

    /// <summary>The command line, a file or a target is wrong, or what it names does not exist. Nothing was run.</summary>
    public const int BadUsage = 2;

    /// <summary>Some targets never answered in time, and none failed otherwise.</summary>
    public const int SomeNeverAnswered = 3;

    /// <summary>The controller cannot be reached, or it does not let this operator do that.</summary>
    public const int NoController = 4;

    /// <summary>Ended by Ctrl-C; of a job: detached, the job goes on, or cancelled as asked.</summary>
    public const int Interrupted = 130;
}
