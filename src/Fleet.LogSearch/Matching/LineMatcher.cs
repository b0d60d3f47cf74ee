using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Fleet.LogSearch.Matching.Syntax;

namespace Fleet.LogSearch.Matching;

/// <summary>One pattern made ready to be tried on a line.</summary>
internal sealed class LineMatcher
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
    private const int LargestAutomaton = 10_000;

    // With several exact literals both: these tell quickest whether a line matches, but not always the leftmost place.
    private readonly LiteralSearcher? _exact;
    private readonly Regex? _regex;
    private readonly bool _wholeWord;
    private readonly LogEncoding _encoding;

    private LineMatcher(LogPattern pattern, LogEncoding encoding, LiteralSearcher? exact, Regex? regex, IReadOnlyList<Literal>? required, string? chunkExpression)
    {
        Pattern = pattern;
        _encoding = encoding;
        _exact = exact;
        _regex = regex;
        _wholeWord = pattern.Options.HasFlag(PatternOptions.WholeWord);
        Required = required;
        ChunkExpression = chunkExpression;
    }

    public LogPattern Pattern { get; }

    /// <summary>A line without any of these does not match; null when there is no such set.</summary>
    public IReadOnlyList<Literal>? Required { get; }

    /// <summary>An expression that finds, in a chunk of many lines, every line that matches (and perhaps more); null when there is none.</summary>
    public string? ChunkExpression { get; }

    /// <summary>Whether a required literal in a line is already the match.</summary>
    public bool LiteralsDecide => _exact is not null && !_wholeWord;

    /// <param name="parts">The pattern.</param>
    /// <param name="encoding">How bytes become characters.</param>
    /// <param name="standIns">Of all patterns that are searched together: they read the same characters.</param>
    public static LineMatcher Create(PatternParts parts, LogEncoding encoding, StandIns standIns)
    {
        LogPattern pattern = parts.Pattern;
        if (parts.Tokens is not { } tokens)
        {
            return OfLiterals(pattern, encoding, [Literal.Create(pattern.Text, parts.IgnoreCase, encoding)], null);
        }

        RegexLiterals.Findings findings = RegexLiterals.Read(tokens, parts.IgnoreCase, encoding);
        Regex regex = Build(pattern, tokens, standIns);
        Literal[]? required = findings.Required?.Select(literal => Literal.Create(literal, parts.IgnoreCase, encoding)).ToArray();
        // Of several literals at one place ("fail", "failed") only one is found, which may not be the one that is a whole word.
        if (findings.IsExact && (required!.Length == 1 || !pattern.Options.HasFlag(PatternOptions.WholeWord)))
        {
            return OfLiterals(pattern, encoding, required, required.Length == 1 ? null : regex);
        }

        string? chunk = findings.FitsChunks ? $"(?:{Whole(pattern, PatternWriter.Write(tokens, standIns, isForChunk: true), standIns)})" : null;
        return new LineMatcher(pattern, encoding, null, regex, required, chunk);
    }

    public bool IsMatch(ReadOnlySpan<byte> line, LineText text) =>
        _exact is not null ? Next(line, 0).Start >= 0 : _regex!.IsMatch(text.Characters);

    /// <summary>Adds the stretches that match, from left to right.</summary>
    public void AddRanges(ReadOnlySpan<byte> line, LineText text, List<ByteRange> ranges)
    {
        if (_regex is null)
        {
            for (ByteRange range = Next(line, 0); range.Start >= 0; range = Next(line, range.Start + range.Length))
            {
                ranges.Add(range);
            }
        }
        else if (_wholeWord)
        {
            for (Match match = _regex.Match(text.Characters.ToString()); match.Success; match = match.NextMatch())
            {
                Group word = match.Groups["word"];
                AddRange(text, word.Index, word.Length, ranges);
            }
        }
        else
        {
            foreach (ValueMatch match in _regex.EnumerateMatches(text.Characters))
            {
                AddRange(text, match.Index, match.Length, ranges);
            }
        }
    }

    /// <summary>Whether the line has to be decoded before it is tried.</summary>
    public bool NeedsText => _exact is null;

    /// <summary>Whether the line has to be decoded before it is asked for ranges.</summary>
    public bool RangesNeedText => _regex is not null;

    private static LineMatcher OfLiterals(LogPattern pattern, LogEncoding encoding, Literal[] literals, Regex? ranges) =>
        new(pattern, encoding, LiteralSearcher.Create(literals), ranges, literals, null);

    private static Regex Build(LogPattern pattern, IReadOnlyList<PatternToken> tokens, StandIns standIns)
    {
        try
        {
            // Without a bound (a{1000}){1000} would be given gigabytes; the framework reads this setting whenever it builds an automaton.
            AppContext.SetData("REGEX_NONBACKTRACKING_MAX_AUTOMATA_SIZE", LargestAutomaton);
            string text = PatternWriter.Write(tokens, standIns, isForChunk: false);
            // Checked alone first: a stray ')' must not find its partner in the words put around it.
            var plain = new Regex(text, Linear);
            return pattern.Options.HasFlag(PatternOptions.WholeWord) ? new Regex(Whole(pattern, text, standIns), Linear) : plain;
        }
        catch (RegexParseException fault)
        {
            // Of the engine's message what is wrong: it names the pattern as it is written for it.
            string why = fault.Message[(fault.Message.LastIndexOf($" {fault.Offset}. ", StringComparison.Ordinal) is var at and >= 0 ? at + $" {fault.Offset}. ".Length : 0)..];
            int offset = fault.Error == RegexParseError.InsufficientClosingParentheses ? OpenParenthesis(tokens) : PatternWriter.PlaceOf(fault.Offset, tokens, standIns);
            throw PatternParts.Unusable(pattern, offset, why.TrimEnd('.'), fault);
        }
        catch (NotSupportedException fault)
        {
            throw new LogQueryException($"pattern '{pattern.Name}' cannot be matched in linear time: look-around, back-references and atomic groups are not available, nor very large repetitions", fault);
        }
    }

    // Of a parenthesis that is never closed that one, instead of the end.
    private static int OpenParenthesis(IReadOnlyList<PatternToken> tokens)
    {
        var open = new Stack<int>();
        foreach (PatternToken token in tokens)
        {
            if (token.Kind is TokenKind.Open or TokenKind.Other && token.Text is ['(', .., not ')'] or ['('])
            {
                open.Push(token.Start);
            }
            else if (token.Kind == TokenKind.Close)
            {
                open.TryPop(out _);
            }
        }

        return open.TryPeek(out int last) ? last : 0;
    }

    // A byte that is no character ends a word, as it does for grep.
    private static string Whole(LogPattern pattern, string text, StandIns standIns)
    {
        if (!pattern.Options.HasFlag(PatternOptions.WholeWord))
        {
            return text;
        }

        string edge = $"{CharacterSet.Word.Negate().ToExpression(standIns)}|\\u{(int)StandIns.Invalid:X4}";
        return $"(?:^|{edge})(?<word>{text})(?:{edge}|$)";
    }

    private static void AddRange(LineText text, int index, int length, List<ByteRange> ranges)
    {
        int start = text.ByteOffset(index);
        ranges.Add(new ByteRange(start, text.ByteOffset(index + length) - start));
    }

    private ByteRange Next(ReadOnlySpan<byte> line, int from)
    {
        while (from <= line.Length)
        {
            int found = _exact!.IndexOf(line[from..], out int length);
            if (found < 0)
            {
                break;
            }

            int start = from + found;
            if (!_wholeWord || (!EndsInWord(line[..start]) && !StartsWithWord(line[(start + length)..])))
            {
                return new ByteRange(start, length);
            }

            from = start + 1;
        }

        return new ByteRange(-1, 0);
    }

    private bool EndsInWord(ReadOnlySpan<byte> text)
    {
        Rune last = default;
        return !text.IsEmpty && (_encoding == LogEncoding.Latin1
            ? IsWord((Rune)(char)text[^1])
            : Rune.DecodeLastFromUtf8(text, out last, out _) == OperationStatus.Done && IsWord(last));
    }

    private bool StartsWithWord(ReadOnlySpan<byte> text)
    {
        Rune first = default;
        return !text.IsEmpty && (_encoding == LogEncoding.Latin1
            ? IsWord((Rune)(char)text[0])
            : Rune.DecodeFromUtf8(text, out first, out _) == OperationStatus.Done && IsWord(first));
    }

    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || rune.Value == '_';
}
