namespace Fleet.Agent.Execution;

/// <summary>Why a program could not be started.</summary>
public enum StartFailure
{
    /// <summary>Anything without a name of its own here; the detail says what.</summary>
    Other = 0,

    /// <summary>There is no such program or built-in.</summary>
    NotFound,

    /// <summary>The script is there, the program in its <c>#!</c> line is not.</summary>
    InterpreterNotFound,

    /// <summary>The file or directory may not be used by that user.</summary>
    PermissionDenied,

    /// <summary>The working directory does not exist.</summary>
    NoSuchDirectory,

    /// <summary>The file is neither a program for this machine nor a script.</summary>
    NotExecutable,

    /// <summary>The host has no such user.</summary>
    UnknownUser,

    /// <summary>The agent may not become another user: it does not run as root, or a rule of the host forbids it.</summary>
    CannotSwitchUser,

    /// <summary>Arguments and environment together are more than the system takes.</summary>
    ArgumentsTooLarge,

    /// <summary>The host has no process, memory or open file to spare.</summary>
    OutOfResources,
}
