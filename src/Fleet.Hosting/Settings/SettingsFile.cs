using System.Text;
using System.Text.Json;

namespace Fleet.Hosting.Settings;

/// <summary>
/// Reads a settings file: one JSON object, comments and trailing commas allowed. A key is written whole, or as objects inside one
/// another: <c>"log.level": "debug"</c> and <c>"log": { "level": "debug" }</c> are the same.
/// </summary>
public static class SettingsFile
{
    /// <summary>More is not a settings file.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Reads a file; what cannot be read is added to the errors.</summary>
    public static IReadOnlyList<GivenSetting> Read(string path, ICollection<SettingError> errors)
    {
        try
        {
            // The length is not asked for: of /dev/zero and of pipes it is none.
            using var file = File.OpenRead(path);
            var bytes = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length <= MaxBytes)
                return Read(bytes.AsSpan(0, length), path, errors);
            errors.Add(new SettingError("", path, $"the file is larger than {MaxBytes} bytes, so it is not a settings file"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new SettingError("", path, $"the file cannot be read: {e.Message}"));
        }

        return [];
    }

    /// <summary>Reads a file's bytes; the path is for messages.</summary>
    public static IReadOnlyList<GivenSetting> Read(ReadOnlySpan<byte> json, string path, ICollection<SettingError> errors)
    {
        var values = new List<GivenSetting>();
        // A byte order mark is what some editors add.
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            ReadObject(json, path, values, errors);
        }
        catch (JsonException e)
        {
            errors.Add(new SettingError("", $"{path}, line {e.LineNumber + 1}", "this is not JSON; compare the commas, quotes and braces there"));
        }
        catch (InvalidOperationException)
        {
            // What the reader throws where a text is not UTF-8.
            errors.Add(new SettingError("", path, "a text in the file is not UTF-8: save the file as UTF-8"));
        }

        return values;
    }

    private static void ReadObject(ReadOnlySpan<byte> json, string path, List<GivenSetting> values, ICollection<SettingError> errors)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(new SettingError("", path, "the file does not hold a JSON object: begin it with {"));
            return;
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        var prefixes = new Stack<string>();
        var prefix = "";
        // What follows the object is read too, so that rubbish there is an error.
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                prefixes.TryPop(out var outer);
                prefix = outer ?? "";
                continue;
            }

            var key = prefix + reader.GetString();
            var source = $"{path}, line {LineAt(json, reader.TokenStartIndex)}";
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                prefixes.Push(prefix);
                prefix = key + ".";
            }
            else if (TextOf(ref reader) is not { } text)
            {
                errors.Add(new SettingError(key, source, $"{key} has a value that no setting takes: write a text, a number, true, false or a list of texts"));
            }
            else if (!keys.Add(key))
            {
                errors.Add(new SettingError(key, source, $"{key} is given twice: keep one"));
            }
            else
            {
                values.Add(new GivenSetting(key, text, source));
            }
        }
    }

    private static string? TextOf(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            case JsonTokenType.StartArray:
                return ListOf(ref reader);
            default:
                reader.Skip();
                return null;
        }
    }

    private static string? ListOf(ref Utf8JsonReader reader)
    {
        var items = new List<string>();
        var isPlain = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            isPlain &= reader.TokenType == JsonTokenType.String;
            if (reader.TokenType == JsonTokenType.String)
                items.Add(reader.GetString()!);
            else
                reader.Skip();
        }

        return isPlain ? string.Join(',', items) : null;
    }

    private static int LineAt(ReadOnlySpan<byte> json, long index) => 1 + json[..(int)index].Count((byte)'\n');
}
