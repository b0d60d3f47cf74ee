using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>A label or fact in which a regular expression is found: <c>kernel=~"^6\."</c>.</summary>
internal sealed record LikeTerm : TargetTerm
{
    /// <summary>Longer patterns are refused: building their automaton is the one thing here whose cost an operator could drive up.</summary>
    public const int LongestPattern = 1_024;

    /// <summary>The highest count in braces: no label's value is longer, and the automaton grows with it.</summary>
    public const int HighestCount = 255;

    private readonly TargetKey _key;
    private readonly string _pattern;
    private readonly Regex _regex;

    /// <exception cref="ArgumentException">The pattern is malformed (<see cref="RegexParseException"/>).</exception>
    /// <exception cref="NotSupportedException">The pattern needs backtracking.</exception>
    public LikeTerm(TargetKey key, string pattern)
    {
        if (HasHighCount(pattern))
            throw new NotSupportedException($"A count is above {HighestCount}.");

        _key = key;
        _pattern = pattern;
        // NonBacktracking: linear in the value, whatever the pattern. The controller runs patterns that operators send.
        _regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    public bool Equals(LikeTerm? other) => other is not null && _key == other._key && _pattern == other._pattern;

    public override int GetHashCode() => HashCode.Combine(_key, _pattern);

    public override bool Matches(ITargetSubject subject) => _key.TryGetValue(subject, out var value, out _) && _regex.IsMatch(value);

    public override TargetExplanation Explain(ITargetSubject subject) => Leaf(subject, _key.Describe(subject));

    public override void Write(StringBuilder text) => text.Append(_key).Append("=~").Append(QuotedText.Quote(_pattern));

    // Any number after '{' or ',' counts, even one that is no quantifier: refusing too much is cheaper than parsing the pattern.
    private static bool HasHighCount(string pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            var start = i + 1;
            if (pattern[i] is not ('{' or ','))
                continue;
            while (i + 1 < pattern.Length && char.IsAsciiDigit(pattern[i + 1]))
                i++;
            if (i + 1 - start > 0 && (i + 1 - start > 3 || int.Parse(pattern.AsSpan(start, i + 1 - start), CultureInfo.InvariantCulture) > HighestCount))
                return true;
        }

        return false;
    }
}
