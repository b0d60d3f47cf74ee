using System.Globalization;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.NodeSets;

/// <summary>Reads one bracket of a node set: numbers, ranges and ranges with a step, <c>[001-003,7,10-20/5]</c>.</summary>
internal sealed class BracketReader(string text, int opening, ExpansionBudget budget)
{
    // So that every value and every difference fits a long.
    public const int MostDigits = 18;

    private const string Forms = "brackets hold numbers and ranges: [1-3,7] or [0-10/2]";

    private readonly List<string> _values = [];
    private int _position = opening + 1;

    public string[] Read(out int after)
    {
        while (true)
        {
            ReadRange();
            SkipSpace();
            if (_position == text.Length)
                throw Fail(opening, "this '[' is never closed", "add ']' after the last number");

            var c = text[_position++];
            if (c == ']')
                break;
            if (c != ',')
                throw Fail(_position - 1, $"unexpected '{ParseError.Printable(c.ToString())}' between brackets", Forms);
        }

        after = _position;
        return [.. _values];
    }

    public static FleetFormatException TooMany(string text, int index, ExpansionBudget budget) =>
        new(text, new ParseError(index + 1, $"stands for more than {budget.Limit} names", "use a smaller range, a label or a glob"));

    private void ReadRange()
    {
        SkipSpace();
        var start = _position;
        var first = ReadDigits();
        if (!Skip('-'))
        {
            Add(first, long.Parse(first, CultureInfo.InvariantCulture), 1, 1, start);
            return;
        }

        SkipSpace();
        var endStart = _position;
        var last = ReadDigits();
        CheckPadding(first, last, endStart);
        var step = Skip('/') ? ReadStep() : 1;

        var from = long.Parse(first, CultureInfo.InvariantCulture);
        var to = long.Parse(last, CultureInfo.InvariantCulture);
        if (to < from)
            throw Fail(start, "this range runs backwards", $"write {last}-{first}");
        Add(first, from, ((to - from) / step) + 1, step, start);
    }

    private void Add(string first, long from, long count, long step, int start)
    {
        if (!budget.Allows(count + _values.Count))
            throw TooMany(text, start, budget);

        var width = IsPadded(first) ? first.Length : 1;
        for (long i = 0; i < count; i++)
            _values.Add((from + (i * step)).ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'));
    }

    private void CheckPadding(string first, string last, int lastStart)
    {
        var isUneven = (IsPadded(first) && last.Length < first.Length) || (IsPadded(last) && last.Length != first.Length);
        if (!isUneven)
            return;
        var corrected = last.TrimStart('0').PadLeft(first.Length, '0');
        throw Fail(lastStart, "both ends of a range must be padded alike", $"write {first}-{corrected}");
    }

    private long ReadStep()
    {
        SkipSpace();
        var start = _position;
        var step = long.Parse(ReadDigits(), CultureInfo.InvariantCulture);
        return step > 0 ? step : throw Fail(start, "a step must be at least 1", "");
    }

    private string ReadDigits()
    {
        var start = _position;
        while (_position < text.Length && char.IsAsciiDigit(text[_position]))
            _position++;
        if (_position - start > MostDigits)
            throw Fail(start, $"a number has at most {MostDigits} digits", "write the names out");
        if (_position > start)
            return text[start.._position];
        if (start == text.Length)
            throw Fail(opening, "this '[' is never closed", "add ']' after the last number");
        throw Fail(start, "expected a number", Forms);
    }

    private bool Skip(char wanted)
    {
        SkipSpace();
        if (_position == text.Length || text[_position] != wanted)
            return false;
        _position++;
        return true;
    }

    private void SkipSpace()
    {
        while (_position < text.Length && text[_position] == ' ')
            _position++;
    }

    private static bool IsPadded(string digits) => digits.Length > 1 && digits[0] == '0';

    private FleetFormatException Fail(int index, string message, string hint) =>
        new(text, new ParseError(index + 1, message, hint));
}
