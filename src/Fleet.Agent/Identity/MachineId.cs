using System.Security.Cryptography;
using Fleet.Agent.Facts;

namespace Fleet.Agent.Identity;

/// <summary>Which machine this is, without telling its machine id: an identity belongs to one machine, and a copied one is to be noticed.</summary>
/// <remarks>
/// machine-id(5) asks programs to send a keyed hash in its place. In an application container the id is the image's, or made anew with each
/// container: it says nothing there and is not used.
/// </remarks>
internal static class MachineId
{
    private const int HashBytes = 16;
    private static readonly string[] s_files = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
    private static readonly string[] s_containerMarks = ["/.dockerenv", "/run/.containerenv"];

    /// <summary>The hash, in hexadecimal digits; empty where there is no machine id, or it says nothing.</summary>
    public static string Hash(HostFiles files)
    {
        if (Array.Exists(s_containerMarks, files.Exists))
            return "";
        foreach (var file in s_files)
        {
            // "uninitialized", or nothing, before the first boot has made one.
            if (files.Read(file) is { Length: 2 * HashBytes } text && text.All(char.IsAsciiHexDigitLower))
                return Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromHexString(text), "fleet-agent machine, version 1"u8).AsSpan(0, HashBytes));
        }

        return "";
    }
}
