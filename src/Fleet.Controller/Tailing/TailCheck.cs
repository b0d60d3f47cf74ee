using Fleet.Controller.Jobs;
using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tailing;

/// <summary>Checks the outline of an order to follow logs before it goes to agents; whether its patterns are regular expressions they decide.</summary>
internal static class TailCheck
{
    /// <summary>What is wrong with it; empty where nothing is.</summary>
    public static string FindFault(TailOrder order)
    {
        if (order.Sources.Count is 0 or > Limits.LogSources)
            return $"order.sources has {order.Sources.Count} entries, 1 to {Limits.LogSources} are allowed";
        if (order.Patterns.Count > Limits.LogPatterns || order.Exclude.Count > Limits.LogPatterns)
            return $"order.patterns and exclude may have {Limits.LogPatterns} entries each";
        if (order.Patterns.Concat(order.Exclude).Any(static pattern => pattern.Text.Length is 0 or > Limits.LogPatternCharacters))
            return $"order.patterns: each text must have 1 to {Limits.LogPatternCharacters} characters";
        if (order.LastLines > Limits.TailLastLines)
            return $"order.last_lines is {order.LastLines}, at most {Limits.TailLastLines} are allowed";
        return order.Sources.Select(source => SearchCheck.SourceFault("order.sources", source)).FirstOrDefault(static fault => fault.Length > 0) ?? "";
    }
}
