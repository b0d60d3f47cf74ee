using Fleet.Agent.Facts;

namespace Fleet.Agent.Upgrading;

/// <summary>What a new version is asked before the host relies on it: does it run here, which version is it, can it use the settings?</summary>
/// <remarks>The verb is newer than the first agents: one that does not know it cannot confirm an upgrade either.</remarks>
internal static class SelfCheck
{
    /// <summary>The internal verb, followed by what `run` was given.</summary>
    public const string Verb = "self-check";

    private const string Name = "fleet-agent ";

    /// <summary>What it says where all is well.</summary>
    public static string Word => Name + AgentVersion.Text;

    /// <summary>Asks a program.</summary>
    /// <exception cref="UpgradeException">It is not the version ordered, or cannot be used here.</exception>
    public static async Task InsistAsync(ProgramTrial programs, string program, string version, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var (exitCode, said) = await programs.RunAsync([program, Verb, .. words], cancellationToken);
        if (exitCode < 0)
            throw new UpgradeException($"version {version} does not run on this host: {said}");
        if (exitCode != 0)
            throw new UpgradeException($"version {version} cannot be used on this host (its self-check exits with {exitCode}{(said.Length > 0 ? $", and says: {Shorten(said)}" : " and says nothing")})");
        if (!IsVersion(said, version))
            throw new UpgradeException($"the artifact is to be version {version} and says \"{Shorten(said)}\"");
    }

    /// <summary>Whether a program that says this is of that version.</summary>
    private static bool IsVersion(string said, string version) => said == Name + version;

    private static string Shorten(string said) => said.Length <= 300 ? said.ReplaceLineEndings(" ") : said[..300].ReplaceLineEndings(" ") + "...";
}
