using System.Text.Json;

namespace Fleet.Storage.Sqlite;

/// <summary>Lists of texts as JSON, for <c>json_each</c>.</summary>
internal static class TextList
{
    public static string Write(IEnumerable<string> texts) => JsonSerializer.Serialize(texts);
}
