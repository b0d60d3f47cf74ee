using System.Text;
using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Values in documents: times are milliseconds since 1970-01-01 UTC, as in the SQLite store, and text is whole.</summary>
internal static class Field
{
    public static BsonValue Of(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static BsonValue Of(DateTimeOffset? time) => time is { } at ? Of(at) : BsonValue.Null;

    public static BsonValue Of(byte[]? bytes) => bytes is null ? BsonValue.Null : new BsonValue(bytes);

    public static BsonValue Of(int? number) => number is { } value ? new BsonValue(value) : BsonValue.Null;

    /// <summary>LiteDB refuses half a character where others write its replacement.</summary>
    public static BsonValue Of(string? text)
    {
        if (text is null)
            return BsonValue.Null;
        return text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? new BsonValue(Mended(text)) : new BsonValue(text);
    }

    public static DateTimeOffset Time(this BsonValue value) => DateTimeOffset.FromUnixTimeMilliseconds(value.AsInt64);

    public static DateTimeOffset? TimeOrNull(this BsonValue value) => value.IsNull ? null : value.Time();

    public static string? TextOrNull(this BsonValue value) => value.IsNull ? null : value.AsString;

    public static byte[]? BytesOrNull(this BsonValue value) => value.IsNull ? null : value.AsBinary;

    public static int? IntOrNull(this BsonValue value) => value.IsNull ? null : value.AsInt32;

    public static long? LongOrNull(this BsonValue value) => value.IsNull ? null : value.AsInt64;

    public static BsonValue OfMap(IReadOnlyDictionary<string, string> map) => TextMap.Write(map);

    public static IReadOnlyDictionary<string, string> Map(this BsonValue value) => TextMap.Read(Encoding.UTF8.GetBytes(value.AsString));

    private static string Mended(string text)
    {
        var mended = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            mended.Append(rune);
        return mended.ToString();
    }
}
