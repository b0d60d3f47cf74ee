using System.Text;
using System.Text.Json;

namespace Fleet.Controller.Hosting.Settings;

/// <summary>The settings file: JSON, comments and trailing commas allowed, objects inside one another standing for dots in keys.</summary>
internal static class SettingsFile
{
    /// <summary>Where it is looked for if nothing else is said; it need not exist.</summary>
    public const string DefaultPath = "/etc/fleet/controller.json";

    /// <summary>Reads keys and values, each with its line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="faults">Gets what cannot be read.</param>
    public static Dictionary<string, SettingText> Read(string path, List<SettingsFault> faults)
    {
        var values = new Dictionary<string, SettingText>(StringComparer.Ordinal);
        try
        {
            ReadObject(File.ReadAllBytes(path), path, values, faults);
        }
        catch (JsonException e)
        {
            faults.Add(new SettingsFault(
                "file", null, path, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: this is not JSON; compare the commas, quotes and braces there"));
        }
        catch (InvalidOperationException)
        {
            // What the reader throws where a text is no UTF-8.
            faults.Add(new SettingsFault("file", null, path, "a text in it is not UTF-8: save the file as UTF-8"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new SettingsFault("file", null, path, $"it cannot be read: {e.Message}"));
        }

        return values;
    }

    private static void ReadObject(ReadOnlySpan<byte> json, string path, Dictionary<string, SettingText> values, List<SettingsFault> faults)
    {
        // A byte order mark is what some editors add.
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            faults.Add(new SettingsFault("file", null, path, "it must hold one JSON object: { \"listen\": \"0.0.0.0:7443\" }"));
            return;
        }

        var prefixes = new Stack<string>();
        var prefix = "";
        // What follows the object is read too, so that rubbish there is a fault.
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
                faults.Add(new SettingsFault(key, null, source, "it must be a text, a number, true or false"));
            }
            else if (!values.TryAdd(key, new SettingText(text, source)))
            {
                faults.Add(new SettingsFault(key, null, source, "it is given twice: keep one"));
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
            default:
                reader.Skip();
                return null;
        }
    }

    private static int LineAt(ReadOnlySpan<byte> json, long index) => 1 + json[..(int)index].Count((byte)'\n');
}
