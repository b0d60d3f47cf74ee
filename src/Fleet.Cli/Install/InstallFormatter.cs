namespace Fleet.Cli.Install;

/// <summary>What an end is called, and what can be done about it.</summary>
internal static class InstallFormatter
{
    /// <summary>The end in words.</summary>
    public static string Of(InstallKind kind) => kind switch
    {
        InstallKind.Installed => "installed",
        InstallKind.AlreadyEnrolled => "already enrolled",
        InstallKind.CannotConnect => "cannot connect",
        InstallKind.HostKeyUnknown => "host key unknown",
        InstallKind.PermissionDenied => "permission denied",
        InstallKind.SudoNeedsPassword => "sudo needs a password",
        InstallKind.Unsupported => "unsupported host, nothing was changed",
        InstallKind.DownloadFailed => "download from the controller failed, nothing was changed",
        InstallKind.Disconnected => "installed, but the agent did not connect in time",
        InstallKind.ConnectionLost => "connection lost",
        InstallKind.TimedOut => "timed out",
        InstallKind.NotAttempted => "not attempted",
        _ => "failed",
    };

    /// <summary>The end as one word, for programs.</summary>
    public static string Key(InstallKind kind) => kind switch
    {
        InstallKind.Installed => "installed",
        InstallKind.AlreadyEnrolled => "already_enrolled",
        InstallKind.CannotConnect => "cannot_connect",
        InstallKind.HostKeyUnknown => "host_key_unknown",
        InstallKind.PermissionDenied => "permission_denied",
        InstallKind.SudoNeedsPassword => "sudo_needs_password",
        InstallKind.Unsupported => "unsupported",
        InstallKind.DownloadFailed => "download_failed",
        InstallKind.Disconnected => "disconnected",
        InstallKind.ConnectionLost => "connection_lost",
        InstallKind.TimedOut => "timed_out",
        InstallKind.NotAttempted => "not_attempted",
        _ => "failed",
    };

    /// <summary>What the operator does about it; empty where the reason says that.</summary>
    public static string Hint(InstallKind kind) => kind switch
    {
        InstallKind.HostKeyUnknown => "log in manually once, or add the keys to known_hosts; or pass: -- -o StrictHostKeyChecking=accept-new",
        InstallKind.PermissionDenied => "add your key to the user's authorized_keys (ssh-copy-id); passwords are never prompted for",
        InstallKind.SudoNeedsPassword => "allow the user to run sudo without a password (NOPASSWD), or log in as root",
        InstallKind.DownloadFailed => "hosts must be able to reach the address that the controller advertises, through --proxy if needed",
        InstallKind.Disconnected => "see on the host: journalctl -u fleet-agent",
        _ => "",
    };
}
