using Fleet.Agent.Searching;
using Fleet.LogSearch;
using Fleet.LogSearch.Searching;
using Fleet.Protocol;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Tailing;

/// <summary>Checks an order to follow logs that came over the wire; nothing of it is trusted.</summary>
internal static class TailOrderReader
{
    private const int LongestId = 64;

    /// <summary>Whether a tail's id is one: it comes back in every message.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= LongestId && !id.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Reads an order; null with a sentence that says what is wrong with it.</summary>
    public static CheckedTail? Read(V1.TailOrder? message, out string fault)
    {
        try
        {
            fault = "";
            return Read(message ?? new V1.TailOrder());
        }
        catch (LogQueryException refused)
        {
            fault = refused.Message;
            return null;
        }
    }

    private static CheckedTail Read(V1.TailOrder message)
    {
        if (message.Sources.Count is 0 or > Limits.LogSources)
            throw new LogQueryException($"{message.Sources.Count} sources given, 1 to {Limits.LogSources} allowed");
        foreach (var source in message.Sources)
            SearchReader.CheckSource(source);
        if (message.LastLines > Limits.TailLastLines)
            throw new LogQueryException($"{message.LastLines} last lines asked for, at most {Limits.TailLastLines} allowed");

        var query = new LogQuery
        {
            Patterns = LogMessages.Patterns(message.Patterns),
            Not = LogMessages.Patterns(message.Exclude),
            Sense = message.Invert ? MatchSense.NotMatching : MatchSense.Matching,
            JsonFields = LogMessages.Fields(message.JsonFields),
            Encoding = LogMessages.Encoding(message.Encoding),
            Times = TimeReading.Always,
            LineNumbers = LineNumbering.None,
        };
        LogSearcher.Check(query);
        return new CheckedTail(query, message.Sources, (int)message.LastLines);
    }
}
