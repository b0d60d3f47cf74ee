using System.Buffers;
using System.Text;

namespace Fleet.Agent.Scanning.Findings;

/// <summary>Masks what varies in a line, so that lines of one kind are alike on every host and on every day.</summary>
/// <remarks>
/// Words with digits, names of months and days near the line's beginning, long hexadecimal words and the host's own name become
/// <c>&lt;*&gt;</c>; of <c>key=value</c> and <c>name[pid]</c> only the part behind. A name with a digit or two, such as eth0, keeps its letters.
/// One thread.
/// </remarks>
internal sealed class HitTemplate
{
    private const string Mask = "<*>";
    private const int LongestLine = 1024;
    private const int FewDigits = 2;
    private const int HexadecimalWord = 8;
    private const int MostRemembered = 2000;
    private const int WordsOfTime = 6;

    private static readonly string[] s_calendar =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("abcdefABCDEF");

    private readonly string _host;
    private readonly string _shortHost;
    private readonly char[] _line = new char[LongestLine];
    private readonly StringBuilder _template = new();

    // A storm is of few kinds: their templates are made once.
    private readonly Dictionary<string, string> _made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly char[] _text = new char[LongestLine * 4];

    /// <param name="host">The host's own name.</param>
    public HitTemplate(string host)
    {
        _host = host;
        _shortHost = host.Split('.')[0];
        _lookup = _made.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The template of a line; of a record, of its first line.</summary>
    public string Of(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        text = text[..Math.Min(end < 0 ? text.Length : end, LongestLine)];
        ReadOnlySpan<char> line = _line.AsSpan(0, Encoding.UTF8.GetChars(text, _line));
        _template.Clear();
        var words = 0;
        foreach (var range in line.SplitAny(' ', '\t'))
        {
            var word = line[range];
            if (!word.IsEmpty)
                Add(word, words++);
        }

        return Remembered();
    }

    private void Add(ReadOnlySpan<char> word, int index)
    {
        var start = _template.Length;
        if (start > 0)
            _template.Append(' ');
        var digits = Digits(word);
        if ((index < WordsOfTime && IsCalendar(word)) || IsHost(word) || (digits == 0 && IsHexadecimal(word)))
            _template.Append(Mask);
        else if (digits == 0)
            Append(word);
        else if (word[..word.IndexOfAnyInRange('0', '9')].LastIndexOfAny('=', '[', '(') is var sign and > 0)
        {
            Append(word[..(sign + 1)]);
            _template.Append(Mask);
            Append(word[Closing(word)..]);
        }
        else if (digits <= FewDigits && word.Length > FewDigits && char.IsAsciiLetter(word[0]) && char.IsAsciiLetter(word[1]))
            AppendWithoutDigits(word);
        else
            _template.Append(Mask);

        // Times have more or fewer words from form to form: a row of masks is one.
        if (start >= Mask.Length && EndsWith(Mask + " " + Mask) && (start == Mask.Length || _template[start - Mask.Length - 1] == ' '))
            _template.Length = start;
    }

    private bool EndsWith(string text)
    {
        if (_template.Length < text.Length)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (_template[_template.Length - text.Length + i] != text[i])
                return false;
        }

        return true;
    }

    private void Append(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
            _template.Append(char.IsControl(c) ? ' ' : c);
    }

    private void AppendWithoutDigits(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (!char.IsAsciiDigit(word[i]))
                _template.Append(char.IsControl(word[i]) ? ' ' : word[i]);
            else if (i == 0 || !char.IsAsciiDigit(word[i - 1]))
                _template.Append(Mask);
        }
    }

    private string Remembered()
    {
        var length = Math.Min(_template.Length, _text.Length);
        _template.CopyTo(0, _text, length);
        var text = _text.AsSpan(0, length);
        if (_lookup.TryGetValue(text, out var made))
            return made;
        if (_made.Count >= MostRemembered)
            _made.Clear();
        var template = text.ToString();
        _made[template] = template;
        return template;
    }

    private bool IsHost(ReadOnlySpan<char> word)
    {
        word = word.TrimEnd(":,");
        return _shortHost.Length > 0 && (word.Equals(_host, StringComparison.OrdinalIgnoreCase) || word.Equals(_shortHost, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsCalendar(ReadOnlySpan<char> word)
    {
        word = word.Trim("[,");
        foreach (var name in s_calendar)
        {
            if (word.SequenceEqual(name))
                return true;
        }

        return false;
    }

    /// <summary>Where the punctuation at a word's end begins.</summary>
    private static int Closing(ReadOnlySpan<char> word)
    {
        var at = word.Length;
        while (at > 0 && !char.IsLetterOrDigit(word[at - 1]))
            at--;
        return at;
    }

    private static bool IsHexadecimal(ReadOnlySpan<char> word) =>
        word.Length >= HexadecimalWord && !word.ContainsAnyExcept(s_hexadecimal);

    private static int Digits(ReadOnlySpan<char> word)
    {
        var count = 0;
        foreach (var c in word)
            count += char.IsAsciiDigit(c) ? 1 : 0;
        return count;
    }
}
