using System.Globalization;

namespace Fleet.Cli.Install;

/// <summary>The arguments that ssh is started with. No shell on this side reads them.</summary>
internal static class SshArguments
{
    // What the user's login shell is asked for, whichever that is; all else comes on standard input.
    private const string RemoteCommand = "exec /bin/sh -s";

    /// <summary>The arguments for one host.</summary>
    /// <param name="target">The host.</param>
    /// <param name="connectTimeout">How long the connection may take to come about.</param>
    /// <param name="given">Further options of ssh, as the operator gave them.</param>
    public static IReadOnlyList<string> Of(InstallTarget target, TimeSpan connectTimeout, IReadOnlyList<string> given)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(connectTimeout.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        // ssh_config(5): of an option the first value counts. Before what was given stands what must hold, behind it what may be changed.
        List<string> words =
        [
            "-T", "-x", "-a", "-o", "BatchMode=yes", "-o", $"ConnectTimeout={seconds}", "-o", "RemoteCommand=none", "-o", "ClearAllForwardings=yes",
            "-o", "ControlPersist=no", .. given, "-o", "LogLevel=ERROR", "-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=3",
        ];
        if (target.Port is { } port)
            words.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        if (target.User is { } user)
            words.AddRange(["-l", user]);
        if (target.IdentityFile is { } identity)
            words.AddRange(["-i", identity]);
        words.AddRange(["--", target.Address, RemoteCommand]);
        return words;
    }
}
