using System.Diagnostics.CodeAnalysis;

namespace Fleet.Controller.Artefacts;

/// <summary>An agent to be installed: a tarball named <c>fleet-agent-VERSION-linux-x64.tar.gz</c>.</summary>
/// <param name="FileName">Its name, of letters, digits and <c>. + ~ - _</c> only: it goes into a shell script.</param>
/// <param name="Version">The agent's version.</param>
/// <param name="Sha256">Of the file, in hexadecimal.</param>
internal sealed record AgentArtefact(string FileName, string Version, string Sha256)
{
    private const string Prefix = "fleet-agent-";
    private const string Suffix = "-linux-x64.tar.gz";

    /// <summary>Reads the version out of a file's name.</summary>
    public static bool TryReadVersion(string fileName, [NotNullWhen(true)] out string? version)
    {
        version = null;
        if (!fileName.StartsWith(Prefix, StringComparison.Ordinal) || !fileName.EndsWith(Suffix, StringComparison.Ordinal)
            || fileName.Length <= Prefix.Length + Suffix.Length || fileName.Length > 128 || !fileName.All(IsPlain))
            return false;
        version = fileName[Prefix.Length..^Suffix.Length];
        return true;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '~' or '-' or '_';
}
