using Fleet.Protocol.Text;

namespace Fleet.Controller.Scans;

/// <summary>Names of scans and channels.</summary>
internal static class ScanName
{
    private const int Longest = 64;

    /// <summary>What is wrong with a name; empty where nothing is.</summary>
    public static string Fault(string name) =>
        name.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(name[0])
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? ""
            : $"name {Shown(name)} must have 1 to {Longest} letters, digits, '-', '_' or '.', a letter or digit first";

    /// <summary>A name that may be none, in a message.</summary>
    public static string Shown(string name) =>
        $"\"{OneLineText.Clean(name.Length > Longest ? name[..Longest] + "..." : name)}\"";
}
