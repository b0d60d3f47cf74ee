using Fleet.Controller.Registry;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Link;

/// <summary>Checks what agents say limits them. Nothing is trusted from the wire.</summary>
internal static class ConditionsCheck
{
    private const int MostConditions = 16;
    private const int LongestKind = 32;
    private const int LongestMessage = 500;
    private const long LastInstantMs = 253_402_300_799_999; // 9999-12-31, the last day DateTimeOffset has

    /// <summary>The conditions as they may be shown: what is none is skipped, what is too long truncated. Not worth a link.</summary>
    public static IReadOnlyList<ReportedCondition> Check(IEnumerable<AgentCondition> conditions) =>
        [.. conditions.Where(static condition => IsKind(condition.Kind)).Take(MostConditions).Select(static condition => new ReportedCondition(
            condition.Kind, OneLine(condition.Message), DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(condition.SinceMs, 0, LastInstantMs))))];

    private static bool IsKind(string kind) =>
        kind.Length is > 0 and <= LongestKind && kind.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static string OneLine(string message)
    {
        var kept = message.Length <= LongestMessage ? message : message[..LongestMessage];
        return kept.Any(char.IsControl) ? string.Concat(kept.Select(static c => char.IsControl(c) ? ' ' : c)) : kept;
    }
}
