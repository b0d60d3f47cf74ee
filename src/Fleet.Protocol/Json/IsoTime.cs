using System.Globalization;

namespace Fleet.Protocol.Json;

/// <summary>The one form of times in JSON: ISO 8601, UTC, with milliseconds (docs/json.md).</summary>
public static class IsoTime
{
    // 9999-12-31T23:59:59.999Z; hosts are not trusted to send times that exist.
    private const long MaxMs = 253_402_300_799_999;

    /// <summary>Unix milliseconds as "2026-11-21T12:00:00.000Z".</summary>
    public static string OfMs(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(unixMs, 0, MaxMs)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Unix microseconds, rounded down to the millisecond.</summary>
    public static string OfUs(long unixUs) => OfMs(unixUs / 1000);

    /// <summary>Unix microseconds, rounded up: the end of a span that must not be told shorter than it is.</summary>
    public static string OfUsRoundedUp(long unixUs) => OfMs((unixUs / 1000) + (unixUs % 1000 > 0 ? 1 : 0));
}
