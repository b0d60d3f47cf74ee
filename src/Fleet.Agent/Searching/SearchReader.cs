using Fleet.LogSearch;
using Fleet.LogSearch.Searching;
using Fleet.LogSearch.Times;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Searching;

/// <summary>Checks a search that came over the wire; nothing of it is trusted.</summary>
internal static class SearchReader
{
    private const long DefaultMatches = 10_000;
    private const long DefaultResultBytes = 1024 * 1024;

    private static readonly TimeSpan s_longestAgo = TimeSpan.FromDays(36_500);

    /// <summary>Reads a search; null with a sentence that says what is wrong with it.</summary>
    public static SearchOrder? Read(V1.SearchLogs message, out string fault)
    {
        try
        {
            fault = "";
            return Read(message);
        }
        catch (LogQueryException refused)
        {
            fault = refused.Message;
            return null;
        }
    }

    private static SearchOrder Read(V1.SearchLogs message)
    {
        if (message.Sources.Count is 0 or > Protocol.Limits.LogSources)
            throw new LogQueryException($"{message.Sources.Count} sources given, 1 to {Protocol.Limits.LogSources} allowed");
        foreach (var source in message.Sources)
            CheckSource(source);

        var limits = message.Limits ?? new V1.LogLimits();
        var query = new LogQuery
        {
            Patterns = LogMessages.Patterns(message.Patterns),
            Not = LogMessages.Patterns(message.Exclude),
            Sense = message.Invert ? MatchSense.NotMatching : MatchSense.Matching,
            JsonFields = LogMessages.Fields(message.JsonFields),
            Encoding = LogMessages.Encoding(message.Encoding),
            Before = ToLines(message.Before),
            After = ToLines(message.After),
            RecordStart = message.RecordStart is { } start ? LogMessages.Pattern(start) : null,
            Timestamps = Timestamps(message.TimeFormat),
            Times = message.Output == V1.LogOutput.Count ? TimeReading.ForWindow : TimeReading.Always,
            LineNumbers = message.Output is V1.LogOutput.Lines or V1.LogOutput.Unspecified ? LineNumbering.Counted : LineNumbering.None,
            Limits = ToLimits(message.Output, limits),
        };
        LogSearcher.Check(query);
        return new SearchOrder(
            query,
            message.Sources,
            Bound(message.HasSinceMs ? message.SinceMs : null, message.HasSinceAgoMs ? message.SinceAgoMs : null),
            Bound(message.HasUntilMs ? message.UntilMs : null, message.HasUntilAgoMs ? message.UntilAgoMs : null),
            message.Output,
            Span(message.BucketMs),
            limits.ResultBytes == 0 ? DefaultResultBytes : (long)Math.Min(limits.ResultBytes, long.MaxValue));
    }

    /// <summary>Checks a source.</summary>
    /// <exception cref="LogQueryException">It is none that could be read.</exception>
    public static void CheckSource(V1.LogSource source)
    {
        switch (source.SourceCase)
        {
            case V1.LogSource.SourceOneofCase.Files when source.Files.Path.Contains('\0', StringComparison.Ordinal):
                throw new LogQueryException("a path holds a NUL character");
            case V1.LogSource.SourceOneofCase.Files when !Path.IsPathRooted(source.Files.Path):
                throw new LogQueryException($"'{source.Files.Path}' is not an absolute path");
            case V1.LogSource.SourceOneofCase.Journal:
                LogMessages.Fields(source.Journal.Fields);
                break;
            case V1.LogSource.SourceOneofCase.None:
                throw new LogQueryException("a source is of a kind that this version of the agent does not know");
        }
    }

    /// <summary>Counts, histograms and clusters are small whatever they count: only lines have a limit by default.</summary>
    private static SearchLimits ToLimits(V1.LogOutput output, V1.LogLimits limits) => new()
    {
        Matches = limits.Matches > 0 ? ToLong(limits.Matches) : output is V1.LogOutput.Lines or V1.LogOutput.Unspecified ? DefaultMatches : long.MaxValue,
        MatchesPerSource = limits.MatchesPerSource > 0 ? ToLong(limits.MatchesPerSource) : long.MaxValue,
        Bytes = limits.ReadBytes > 0 ? ToLong(limits.ReadBytes) : long.MaxValue,
        CpuTime = limits.CpuMs > 0 ? Span(limits.CpuMs) : TimeSpan.MaxValue,
    };

    private static TimestampOptions Timestamps(string format)
    {
        if (format.Length == 0)
            return new TimestampOptions();
        return Enum.TryParse<TimestampForm>(format, ignoreCase: true, out var form) && char.IsAsciiLetter(format[0]) && form != TimestampForm.Custom
            ? new TimestampOptions { Form = form }
            : new TimestampOptions { Form = TimestampForm.Custom, CustomFormat = format };
    }

    private static SearchBound Bound(long? timeMs, long? agoMs)
    {
        if (agoMs is { } ago)
            return new SearchBound(null, Span(ago));
        if (timeMs is not { } ms)
            return default;
        return ms >= 0 && ms < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? new SearchBound(DateTimeOffset.FromUnixTimeMilliseconds(ms), null)
            : throw new LogQueryException($"the time {ms} ms is out of range");
    }

    private static TimeSpan Span(long ms) =>
        ms >= 0 && ms <= s_longestAgo.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(ms)
            : throw new LogQueryException($"a time of {ms} ms is out of range");

    private static int ToLines(uint lines) => (int)Math.Min(lines, int.MaxValue);

    private static long ToLong(ulong number) => (long)Math.Min(number, long.MaxValue);
}
