using System.Text.Json;

namespace Fleet.Storage;

/// <summary>Lists of texts as JSON, for <c>json_each</c> and from <c>json_group_array</c>.</summary>
internal static class TextList
{
    public static string Write(IEnumerable<string> texts) => JsonSerializer.Serialize(texts);

    /// <summary>The first so many.</summary>
    public static IReadOnlyList<string> Read(string json, int most)
    {
        if (most <= 0)
            return [];
        var texts = JsonSerializer.Deserialize<string[]>(json) ?? [];
        return texts.Length <= most ? texts : texts[..most];
    }
}
