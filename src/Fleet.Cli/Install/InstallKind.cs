namespace Fleet.Cli.Install;

/// <summary>How the installation on one host ended; in the order of the report.</summary>
internal enum InstallKind
{
    /// <summary>The agent is new, and the controller sees its link.</summary>
    Installed,

    /// <summary>The host had its identity already, and the controller sees its link.</summary>
    AlreadyEnrolled,

    /// <summary>No connection came about.</summary>
    CannotConnect,

    /// <summary>ssh does not know the host's key, or knows another.</summary>
    HostKeyUnknown,

    /// <summary>The host does not let the user in.</summary>
    PermissionDenied,

    /// <summary>The user is not root, and sudo asks for a password.</summary>
    SudoNeedsPassword,

    /// <summary>There is no agent for this host. Nothing was changed on it.</summary>
    Unsupported,

    /// <summary>The host does not get to the controller.</summary>
    DownloadFailed,

    /// <summary>The installation began and failed.</summary>
    Failed,

    /// <summary>The agent is there, and the controller did not see its link in time.</summary>
    Disconnected,

    /// <summary>The connection broke while the host was at it.</summary>
    ConnectionLost,

    /// <summary>The time for one host was up.</summary>
    TimedOut,

    /// <summary>The time for the whole was up, or Ctrl-C was pressed, before its turn or its end.</summary>
    NotAttempted,
}
