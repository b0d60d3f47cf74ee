using System.Diagnostics.CodeAnalysis;

namespace Fleet.Protocol;

/// <summary>Names of artefacts: <c>fleet-agent-VERSION-linux-x64.tar.gz</c>. They go into scripts and paths, so plain characters only.</summary>
public static class ArtefactNames
{
    private const string Prefix = "fleet-agent-";
    private const string Suffix = "-linux-x64.tar.gz";
    private const int LongestVersion = 64;

    /// <summary>The name of a version's file.</summary>
    public static string Of(string version) => Prefix + version + Suffix;

    /// <summary>Whether a text is a version: letters, digits and <c>. + ~ - _</c>, a digit first.</summary>
    public static bool IsVersion(string text) => text.Length is > 0 and <= LongestVersion && char.IsAsciiDigit(text[0]) && text.All(IsPlain);

    /// <summary>Reads the version out of a file's name.</summary>
    public static bool TryReadVersion(string fileName, [NotNullWhen(true)] out string? version)
    {
        version = null;
        if (!fileName.StartsWith(Prefix, StringComparison.Ordinal) || !fileName.EndsWith(Suffix, StringComparison.Ordinal)
            || fileName.Length <= Prefix.Length + Suffix.Length || !IsVersion(fileName[Prefix.Length..^Suffix.Length]))
            return false;
        version = fileName[Prefix.Length..^Suffix.Length];
        return true;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '~' or '-' or '_';
}
