using System.Text.Json;

namespace Fleet.Protocol.Json;

/// <summary>Fields that have the same form in every JSON record of Fleet (docs/json.md).</summary>
public static class JsonFields
{
    /// <summary>A time in <see cref="IsoTime"/>'s form; left out where it is 0, which means that there is none.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, long unixMs)
    {
        if (unixMs > 0)
            json.WriteString(name, IsoTime.OfMs(unixMs));
    }

    /// <summary>A time that is known to the microsecond; left out where it is 0.</summary>
    public static void WriteTimeUs(this Utf8JsonWriter json, string name, long unixUs)
    {
        if (unixUs > 0)
            json.WriteString(name, IsoTime.OfUs(unixUs));
    }

    /// <summary>A text; left out where it is empty.</summary>
    public static void WriteOptional(this Utf8JsonWriter json, string name, string? text)
    {
        if (text is { Length: > 0 })
            json.WriteString(name, text);
    }

    /// <summary>A list of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>An object of names and texts, in the order of the names.</summary>
    public static void WriteMap(this Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
