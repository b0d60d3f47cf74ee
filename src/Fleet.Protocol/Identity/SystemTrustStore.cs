using System.Runtime.InteropServices;

namespace Fleet.Protocol.Identity;

/// <summary>
/// The host's own list of trusted roots. Fleet's links are pinned to the fleet's root and never ask it, but the framework reads
/// all of it (hundreds of files) as soon as a client certificate is shown, which was most of the time that a short command took
/// and a tenth of an idle agent's memory.
/// </summary>
public static partial class SystemTrustStore
{
    private const string Nowhere = "/nonexistent";

    /// <summary>
    /// Leaves it out for the life of this process. To be called first in a program that makes no TLS connections but those pinned to
    /// a root of its own; programs that it starts are not concerned, they get the environment as it was.
    /// </summary>
    public static void LeaveOut()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // The environment that managed code sees, and hands on, is a copy, made here; the native one that OpenSSL asks is changed after.
        _ = Environment.GetEnvironmentVariables();
        _ = SetVariable("SSL_CERT_DIR", Nowhere, 1);
        _ = SetVariable("SSL_CERT_FILE", Nowhere, 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
