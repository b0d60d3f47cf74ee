using System.Globalization;
using System.Text;
using System.Text.Unicode;
using System.Buffers;

namespace Fleet.LogSearch.Matching.Syntax;

/// <summary>Characters that stand for what does not fit into one: code points beyond U+FFFF, and bytes that are no character.</summary>
/// <remarks>
/// The engine matches UTF-16 units, and to it an emoji is two. So each code point beyond U+FFFF is read as one unit out of those that UTF-16 keeps for
/// pairs, which no text holds by itself: the same one for all that no set of the patterns tells apart. A byte that is no UTF-8 has a unit that
/// no set holds, so nothing matches it, as with grep and ripgrep.
/// </remarks>
internal sealed class StandIns
{
    /// <summary>The first stand-in.</summary>
    public const int First = 0xD800;

    /// <summary>The last stand-in.</summary>
    public const int Last = 0xDFFF;

    /// <summary>Stands for a byte that is no character.</summary>
    public const char Invalid = (char)Last;

    private const int FirstAstral = 0x10000;

    // The last ones are kept for bytes and for what is never there.
    private const int Most = Last - First - 1;

    private readonly int[] _starts;
    private readonly char[] _standIns;
    private readonly int[] _examples;

    private StandIns(int[] starts, char[] standIns, int[] examples) => (_starts, _standIns, _examples) = (starts, standIns, examples);

    /// <summary>Of patterns that ask nothing of characters.</summary>
    public static StandIns None { get; } = new([FirstAstral], [(char)First], [FirstAstral]);

    /// <summary>Finds out what the sets of some patterns tell apart.</summary>
    /// <exception cref="LogQueryException">They tell more apart than there are stand-ins.</exception>
    public static StandIns Of(IEnumerable<CharacterSet> sets)
    {
        CharacterSet[] telling = [.. sets.Where(Tells).Distinct()];
        if (telling.Length == 0)
        {
            return None;
        }

        var starts = new SortedSet<int> { FirstAstral };
        foreach ((int first, int last) in telling.SelectMany(set => set.Ranges.Ranges.ToArray()))
        {
            starts.Add(Math.Max(FirstAstral, first));
            starts.Add(Math.Max(FirstAstral, last + 1));
        }

        if (Array.Exists(telling, set => set.Categories != 0))
        {
            foreach ((int first, _) in UnicodeData.CategoryRuns)
            {
                starts.Add(Math.Max(FirstAstral, first));
            }
        }

        var standIns = new Dictionary<string, char>(StringComparer.Ordinal);
        var runs = new List<(int Start, char StandIn)>();
        var examples = new List<int>();
        foreach (int start in starts.Where(start => start <= CodeRanges.Last))
        {
            string kind = string.Create(telling.Length, (telling, start), static (bits, it) =>
            {
                for (int i = 0; i < bits.Length; i++)
                {
                    bits[i] = it.telling[i].Contains(it.start) ? '1' : '0';
                }
            });
            if (!standIns.TryGetValue(kind, out char standIn))
            {
                if (standIns.Count == Most)
                {
                    throw new LogQueryException("the patterns tell more characters beyond U+FFFF apart than can be looked for at once: search in several turns");
                }

                standIns.Add(kind, standIn = (char)(First + standIns.Count));
                examples.Add(start);
            }

            if (runs.Count == 0 || runs[^1].StandIn != standIn)
            {
                runs.Add((start, standIn));
            }
        }

        return new StandIns([.. runs.Select(run => run.Start)], [.. runs.Select(run => run.StandIn)], [.. examples]);
    }

    /// <summary>What stands for a code point beyond U+FFFF.</summary>
    public char Of(int code)
    {
        int at = Array.BinarySearch(_starts, code);
        return _standIns[at >= 0 ? at : ~at - 1];
    }

    /// <summary>Writes the stand-ins of a set into a class that is written for it; into a negated one those of what is not in it.</summary>
    public void Append(StringBuilder text, CharacterSet set)
    {
        int from = -1;
        for (int i = 0; i <= _examples.Length; i++)
        {
            bool isWritten = i < _examples.Length && set.Contains(_examples[i]) != set.IsNegated;
            if (isWritten && from < 0)
            {
                from = i;
            }
            else if (!isWritten && from >= 0)
            {
                CharacterSet.AppendRange(text, First + from, First + i - 1);
                from = -1;
            }
        }

        if (set.IsNegated)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{(int)Invalid:X4}");
        }
        else if (text.Length == 1)
        {
            // Nothing is in it: a unit that is never there.
            text.Append(CultureInfo.InvariantCulture, $"\\u{Invalid - 1:X4}");
        }
    }

    /// <summary>Reads UTF-8 into one character for each code point and each byte that is none.</summary>
    /// <returns>How many characters there are.</returns>
    public int Read(ReadOnlySpan<byte> text, Span<char> characters)
    {
        int read = 0;
        int length = 0;
        while (true)
        {
            OperationStatus status = Utf8.ToUtf16(text[read..], characters[length..], out int bytes, out int units, replaceInvalidSequences: false);
            length += Compact(characters.Slice(length, units));
            read += bytes;
            if (status == OperationStatus.Done || read >= text.Length)
            {
                return length;
            }

            Rune.DecodeFromUtf8(text[read..], out _, out int skipped);
            characters[length++] = Invalid;
            read += skipped;
        }
    }

    // Pairs become one character.
    private int Compact(Span<char> characters)
    {
        int from = characters.IndexOfAnyInRange((char)First, (char)Last);
        if (from < 0)
        {
            return characters.Length;
        }

        int to = from;
        while (from < characters.Length)
        {
            char c = characters[from];
            if (char.IsSurrogate(c))
            {
                characters[to++] = Of(char.ConvertToUtf32(c, characters[from + 1]));
                from += 2;
            }
            else
            {
                characters[to++] = c;
                from++;
            }
        }

        return to;
    }

    private static bool Tells(CharacterSet set)
    {
        ReadOnlySpan<(int First, int Last)> ranges = set.Ranges.Ranges;
        return set.Categories != 0 || set.IsNegated || (ranges.Length > 0 && ranges[^1].Last >= FirstAstral);
    }
}
