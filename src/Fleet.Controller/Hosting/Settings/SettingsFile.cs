using System.Text.Json;

namespace Fleet.Controller.Hosting.Settings;

/// <summary>The settings file: JSON, comments and trailing commas allowed, objects inside one another standing for dots in keys.</summary>
internal static class SettingsFile
{
    /// <summary>Where it is looked for if nothing else is said; it need not exist.</summary>
    public const string DefaultPath = "/etc/fleet/controller.json";

    /// <summary>Reads keys and values.</summary>
    /// <param name="path">The file.</param>
    /// <param name="faults">Gets what cannot be read.</param>
    public static Dictionary<string, string> Read(string path, List<SettingsFault> faults)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                Flatten(document.RootElement, "", path, values, faults);
            else
                faults.Add(new SettingsFault("file", null, path, "it must hold one JSON object: { \"listen\": \"0.0.0.0:7443\" }"));
        }
        catch (JsonException e)
        {
            faults.Add(new SettingsFault("file", null, path, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: this is not JSON"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new SettingsFault("file", null, path, $"it cannot be read: {e.Message}"));
        }

        return values;
    }

    private static void Flatten(
        JsonElement element, string prefix, string path, Dictionary<string, string> values, List<SettingsFault> faults)
    {
        foreach (var property in element.EnumerateObject())
        {
            var key = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object)
                Flatten(property.Value, key + ".", path, values, faults);
            else if (property.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Null)
                faults.Add(new SettingsFault(key, null, path, "it must be a text, a number, true or false"));
            else if (!values.TryAdd(key, TextOf(property.Value)))
                faults.Add(new SettingsFault(key, null, path, "it is given twice: keep one"));
        }
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.ToString(),
    };
}
