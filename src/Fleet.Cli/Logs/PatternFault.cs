using Fleet.LogSearch;

namespace Fleet.Cli.Logs;

/// <summary>What is wrong with a regular expression, where in it, and how to fix it.</summary>
/// <param name="Offset">The place, from 0.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Hint">What to write instead.</param>
internal sealed record PatternFault(int Offset, string What, string Hint)
{
    private static readonly string[] s_beyondLinear = ["(?=", "(?!", "(?<=", "(?<!", "(?>", "(?(", "\\1", "\\2", "\\3", "\\k<", "\\k'", "\\G"];

    /// <summary>Reads it out of a refusal; null where that is about something else.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="text">The expression.</param>
    /// <param name="literally">How to look for the text itself.</param>
    /// <param name="exclusion">How to say what must not match.</param>
    public static PatternFault? Of(LogQueryException refusal, string text, string literally, string exclusion) => refusal switch
    {
        { Syntax: { } syntax } => new PatternFault(syntax.Offset, $"invalid regular expression: {syntax.Why}", $"to search for the text itself {literally}"),
        { InnerException: NotSupportedException } => new PatternFault(
            s_beyondLinear.Select(sign => text.IndexOf(sign, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(0).Min(),
            "this pattern cannot be matched in linear time",
            $"look-around, back-references, atomic groups and very large repetitions are not supported; exclude lines {exclusion}"),
        _ => null,
    };
}
