using System.Text.Json;

namespace Fleet.Agent.Settings;

/// <summary>Reads the settings file: one JSON object of plain values and lists of strings; comments and a trailing comma are welcome.</summary>
internal static class SettingsFile
{
    /// <summary>More is not a settings file.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Reads the values out of a file's bytes.</summary>
    /// <param name="json">The file's content.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static IReadOnlyList<SettingValue> Read(ReadOnlySpan<byte> json, string name, ICollection<string> faults)
    {
        var values = new List<SettingValue>();
        // A byte order mark is what some editors add; it is no fault of the operator's.
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            ReadObject(json, name, values, faults);
        }
        catch (JsonException e)
        {
            faults.Add($"{name}, line {e.LineNumber + 1}: this is not JSON; compare the commas, quotes and braces there");
        }
        catch (InvalidOperationException)
        {
            // What the reader throws where a string is no UTF-8.
            faults.Add($"{name}: a text in the file is not UTF-8: save the file as UTF-8");
        }

        return values;
    }

    private static void ReadObject(ReadOnlySpan<byte> json, string name, List<SettingValue> values, ICollection<string> faults)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            faults.Add($"{name}: the file does not hold a JSON object: begin it with {{");
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            var source = $"{name}, line {LineAt(json, reader.TokenStartIndex)}";
            reader.Read();
            if (Text(ref reader) is not { } text)
                faults.Add($"{source}: \"{key}\" has a value of a kind that no setting takes: write a string, a number or a list of strings");
            else if (values.Any(v => v.Key == key))
                faults.Add($"{source}: \"{key}\" stands there twice: keep one");
            else
                values.Add(new SettingValue(key, text, source));
        }

        // What follows the object is read so that rubbish there is a fault.
        while (reader.Read())
        {
        }
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
            case JsonTokenType.StartArray:
                return List(ref reader);
            default:
                reader.Skip();
                return null;
        }
    }

    private static string? List(ref Utf8JsonReader reader)
    {
        var items = new List<string>();
        var isPlain = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                items.Add(reader.GetString()!);
                continue;
            }

            reader.Skip();
            isPlain = false;
        }

        return isPlain ? string.Join(',', items) : null;
    }

    private static int LineAt(ReadOnlySpan<byte> json, long index) => 1 + json[..(int)index].Count((byte)'\n');
}
