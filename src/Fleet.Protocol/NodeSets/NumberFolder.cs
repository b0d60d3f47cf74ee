using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Fleet.Protocol.NodeSets;

/// <summary>Writes a set of digit texts as one bracket: <c>[001-003,007]</c>, or as the plain digits where there is but one.</summary>
internal static class NumberFolder
{
    // Three values apart by the same step are as short written out; from four on the step is shorter.
    private const int FewestForStep = 4;

    public static string Fold(IReadOnlyList<string> numbers)
    {
        if (numbers.Count == 1)
            return numbers[0];

        var ranges = FindRanges(numbers);
        var text = new StringBuilder("[");
        for (var i = 0; i < ranges.Count;)
        {
            if (i > 0)
                text.Append(',');
            var steps = CountSteps(ranges, i);
            if (steps >= FewestForStep)
                AppendSteps(text, ranges, i, steps);
            else
                AppendRange(text, ranges[i]);
            i += steps >= FewestForStep ? steps : 1;
        }

        return text.Append(']').ToString();
    }

    /// <summary>The longest runs of consecutive numbers, in order of their first number.</summary>
    private static List<NumberRange> FindRanges(IReadOnlyList<string> numbers)
    {
        var singles = new List<NumberRange>(numbers.Count);
        foreach (var digits in numbers)
        {
            var value = long.Parse(digits, CultureInfo.InvariantCulture);
            singles.Add(new NumberRange(value, value, digits.Length > 1 && digits[0] == '0' ? digits.Length : 0));
        }

        singles.Sort(static (a, b) => a.Width != b.Width ? a.Width.CompareTo(b.Width) : a.First.CompareTo(b.First));
        var ranges = JoinNeighbors(singles);
        JoinAcrossPadding(ranges);
        ranges.Sort(static (a, b) => a.First != b.First ? a.First.CompareTo(b.First) : a.Width.CompareTo(b.Width));
        return ranges;
    }

    private static List<NumberRange> JoinNeighbors(List<NumberRange> singles)
    {
        var ranges = new List<NumberRange>();
        foreach (var single in singles)
        {
            if (ranges.Count > 0 && ranges[^1].Width == single.Width && ranges[^1].Last + 1 == single.First)
                CollectionsMarshal.AsSpan(ranges)[^1] = ranges[^1] with { Last = single.Last };
            else
                ranges.Add(single);
        }

        return ranges;
    }

    // 08, 09 are padded and 10, 11 are not, yet [08-11] is one range: where a padded run ends at 9, 99, 999 ... and an
    // unpadded one begins right after it, they are joined. The width decides the number, so no two runs compete.
    private static void JoinAcrossPadding(List<NumberRange> ranges)
    {
        var unpadded = new Dictionary<long, int>();
        for (var i = 0; i < ranges.Count && ranges[i].Width == 0; i++)
            unpadded.Add(ranges[i].First, i);

        var joined = new HashSet<int>();
        for (var i = unpadded.Count; i < ranges.Count; i++)
        {
            var next = ranges[i].Last + 1;
            if (next != NumberRange.Power(ranges[i].Width - 1) || !unpadded.TryGetValue(next, out var index))
                continue;
            ranges[i] = ranges[i] with { Last = ranges[index].Last };
            joined.Add(index);
        }

        foreach (var index in joined.OrderDescending())
            ranges.RemoveAt(index);
    }

    private static int CountSteps(List<NumberRange> ranges, int start)
    {
        var first = ranges[start];
        if (!first.IsSingle || start + 1 == ranges.Count)
            return 1;

        var step = ranges[start + 1].First - first.First;
        var count = 1;
        while (step > 1 && start + count < ranges.Count)
        {
            var next = ranges[start + count];
            if (!next.IsSingle || next.First != first.First + (step * count) || !first.WritesLike(next))
                break;
            count++;
        }

        return count;
    }

    private static void AppendSteps(StringBuilder text, List<NumberRange> ranges, int start, int count)
    {
        var first = ranges[start];
        var step = ranges[start + 1].First - first.First;
        text.Append(first.Write(first.First)).Append('-').Append(first.Write(ranges[start + count - 1].First));
        text.Append('/').Append(step);
    }

    private static void AppendRange(StringBuilder text, NumberRange range)
    {
        text.Append(range.Write(range.First));
        if (!range.IsSingle)
            text.Append('-').Append(range.Write(range.Last));
    }
}
