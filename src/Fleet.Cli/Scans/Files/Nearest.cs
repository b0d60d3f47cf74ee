using Fleet.Protocol.Text;

namespace Fleet.Cli.Scans.Files;

/// <summary>The word that was probably meant.</summary>
internal static class Nearest
{
    /// <summary>A hint for an unknown word.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> known)
    {
        var all = $"available: {string.Join(", ", known)}";
        return Find(word, known) is { } best ? $"did you mean {best}? {all}" : all;
    }

    /// <inheritdoc cref="NearestWord.Find"/>
    public static string? Find(string word, IReadOnlyCollection<string> known) => NearestWord.Find(word, known);
}
