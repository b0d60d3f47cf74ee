namespace Fleet.LogSearch.Times;

/// <summary>Turns local ticks into UTC, remembering the offset of the last hour: asking the zone for each line would cost more than the line.</summary>
internal sealed class ZoneOffsets(TimeZoneInfo zone)
{
    private long _hour = -1;
    private long _offset;

    public long ToUtc(long localTicks)
    {
        long hour = localTicks / TimeSpan.TicksPerHour;
        if (hour != _hour)
        {
            _offset = zone.GetUtcOffset(new DateTime(hour * TimeSpan.TicksPerHour, DateTimeKind.Unspecified)).Ticks;
            _hour = hour;
        }

        return localTicks - _offset;
    }
}
