using System.Diagnostics.CodeAnalysis;

namespace Fleet.Protocol;

/// <summary>
/// Names of artifacts: <c>fleet-agent-VERSION-linux-x64.tar.gz</c>, and <c>-linux-arm64.tar.gz</c>. They go into scripts and paths, so plain
/// characters only.
/// </summary>
public static class ArtifactNames
{
    private const string Prefix = "fleet-agent-";
    private const int LongestVersion = 64;

    // As .NET calls the platforms.
    private static readonly (string Architecture, string Suffix)[] s_suffixes =
        [(Architectures.X86, "-linux-x64.tar.gz"), (Architectures.Arm, "-linux-arm64.tar.gz")];

    /// <summary>The name of a version's file.</summary>
    /// <param name="version">The version.</param>
    /// <param name="architecture">One of <see cref="Architectures.OfAgents"/>.</param>
    public static string Of(string version, string architecture = Architectures.X86) =>
        Prefix + version + s_suffixes.Single(suffix => suffix.Architecture == architecture).Suffix;

    /// <summary>Whether a text is a version: letters, digits and <c>. + ~ - _</c>, a digit first.</summary>
    public static bool IsVersion(string text) => text.Length is > 0 and <= LongestVersion && char.IsAsciiDigit(text[0]) && text.All(IsPlain);

    /// <summary>Reads version and architecture out of a file's name.</summary>
    public static bool TryRead(string fileName, [NotNullWhen(true)] out string? version, [NotNullWhen(true)] out string? architecture)
    {
        foreach (var (known, suffix) in s_suffixes)
        {
            if (!fileName.StartsWith(Prefix, StringComparison.Ordinal) || !fileName.EndsWith(suffix, StringComparison.Ordinal)
                || fileName.Length <= Prefix.Length + suffix.Length || !IsVersion(fileName[Prefix.Length..^suffix.Length]))
                continue;
            (version, architecture) = (fileName[Prefix.Length..^suffix.Length], known);
            return true;
        }

        (version, architecture) = (null, null);
        return false;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '~' or '-' or '_';
}
