using System.CommandLine;
using Fleet.LogSearch.Times;
using Fleet.Protocol.Units;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>Between which times lines must have been written.</summary>
internal sealed class WindowOptionSet
{
    private readonly Option<string?> _since = new("--since", "-S")
    {
        Description = "From then on: 5m, 1h30m, 2d (ago, by each host's own clock), 08:00, yesterday, \"2026-11-20 08:00\", 2026-11-20T08:00:00Z.", HelpName = "TIME",
    };

    private readonly Option<string?> _until = new("--until", "-U") { Description = "End of the time range; same forms as --since.", HelpName = "TIME" };

    private readonly Option<string?> _format = new("--time-format")
    {
        Description = "Time format of the lines if it is not detected: iso8601, rfc3164, rfc5424, accesslog, ctime, epoch, klog, json, or a format such as \"dd.MM.yyyy HH:mm:ss\".",
        HelpName = "FORM",
    };

    private readonly TimeProvider _time;

    public WindowOptionSet(Command command, TimeProvider time)
    {
        _time = time;
        foreach (var option in (Option[])[_since, _until, _format])
            command.Options.Add(option);
    }

    /// <summary>Writes the window into a search.</summary>
    public void Read(ParseResult parsed, SearchLogs search)
    {
        if (parsed.GetValue(_since) is { } since)
        {
            if (TryAgo(since, out var ago))
                search.SinceAgoMs = ago;
            else
                search.SinceMs = TimeWindow.ParseBound(since, _time).ToUnixTimeMilliseconds();
        }

        if (parsed.GetValue(_until) is { } until)
        {
            if (TryAgo(until, out var ago))
                search.UntilAgoMs = ago;
            else
                search.UntilMs = TimeWindow.ParseBound(until, _time).ToUnixTimeMilliseconds();
        }

        if (Bound(search.HasSinceMs ? search.SinceMs : null, search.HasSinceAgoMs ? search.SinceAgoMs : null)
            > Bound(search.HasUntilMs ? search.UntilMs : null, search.HasUntilAgoMs ? search.UntilAgoMs : null))
            throw CommandFailure.Usage($"--since {parsed.GetValue(_since)} is later than --until {parsed.GetValue(_until)}", "swap them");
        search.TimeFormat = parsed.GetValue(_format) ?? "";
        if (search.TimeFormat.Length > 0 && !TimeForm.IsKnown(search.TimeFormat))
            throw CommandFailure.Usage($"--time-format \"{search.TimeFormat}\" is not supported", $"give {string.Join(", ", TimeForm.Names)}, or a format such as \"dd.MM.yyyy HH:mm:ss\"");
    }

    // Hosts go by their own clocks; to tell whether there is anything between the bounds this one does.
    private long? Bound(long? ms, long? agoMs) => ms ?? _time.GetUtcNow().ToUnixTimeMilliseconds() - agoMs;

    /// <summary>How long ago a bound lies, where it is written so; the hosts' own clocks say from when.</summary>
    private static bool TryAgo(string text, out long ms)
    {
        var known = DurationText.TryParse(text, out var ago, out _);
        ms = (long)ago.TotalMilliseconds;
        return known && char.IsAsciiLetter(text[^1]);
    }
}
