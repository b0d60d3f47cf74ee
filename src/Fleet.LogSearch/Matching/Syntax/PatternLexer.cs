using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Fleet.LogSearch.Matching.Syntax;

/// <summary>Takes a regular expression apart: what characters stand where, and what is left to the expression engine as it is.</summary>
/// <remarks>The syntax is .NET's, and beyond it POSIX classes within brackets and <c>\p</c> with scripts and long names.</remarks>
internal sealed partial class PatternLexer
{
    private readonly string _pattern;
    private readonly List<PatternToken> _tokens = [];
    private readonly Stack<Options> _outer = new();
    private Options _options;
    private int _at;

    private PatternLexer(string pattern, bool ignoreCase)
    {
        _pattern = pattern;
        _options = new Options(ignoreCase, false, false);
    }

    private readonly record struct Options(bool IgnoreCase, bool DotIsAny, bool BlanksDoNotCount);

    private bool AtEnd => _at >= _pattern.Length;

    /// <summary>Takes a pattern apart.</summary>
    /// <exception cref="PatternSyntaxException">A set cannot be understood.</exception>
    public static IReadOnlyList<PatternToken> Read(string pattern, bool ignoreCase)
    {
        var lexer = new PatternLexer(pattern, ignoreCase);
        while (!lexer.AtEnd)
        {
            lexer.Next();
        }

        return lexer._tokens;
    }

    /// <summary>Names of groups, which nothing makes use of.</summary>
    public static IEnumerable<string> GroupNames(IReadOnlyList<PatternToken> tokens) =>
        tokens.Where(token => token.Kind == TokenKind.Open && token.Text.Length > 3).Select(token => token.Text[3..^1]);

    [GeneratedRegex(@"\G\(\?(?<on>[imnsx]*)(?:-(?<off>[imnsx]*))?(?<end>[:)])", RegexOptions.CultureInvariant)]
    private static partial Regex InlineOptions();

    [GeneratedRegex(@"\G\(\?(?:<(?<name>\w+)>|'(?<name>\w+)')", RegexOptions.CultureInvariant)]
    private static partial Regex NamedGroup();

    [GeneratedRegex(@"\G\{(?<least>[0-9]{1,9})(?:(?<comma>,)(?<most>[0-9]{1,9})?)?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Counted();

    private void Next()
    {
        char c = _pattern[_at];
        switch (c)
        {
            case '\\':
                Escape();
                break;
            case '[':
                int start = _at;
                Add(TokenKind.Set, start, ReadClass());
                break;
            case '.':
                Take(TokenKind.Set, 1, _options.DotIsAny ? CharacterSet.Any : CharacterSet.AnyButLineEnd);
                break;
            case '(':
                Group();
                break;
            case ')':
                _options = _outer.TryPop(out Options outer) ? outer : _options;
                Take(TokenKind.Close, 1);
                break;
            case '|':
                Take(TokenKind.Alternate, 1);
                break;
            case '^':
                Take(TokenKind.LineStart, 1);
                break;
            case '$':
                Take(TokenKind.LineEnd, 1);
                break;
            case '*' or '+' or '?':
                Quantifier(1, c == '+' ? 1 : 0, c == '?' ? 1 : int.MaxValue);
                break;
            case '{' when Counted().Match(_pattern, _at) is { Success: true } counted:
                int least = int.Parse(counted.Groups["least"].ValueSpan, CultureInfo.InvariantCulture);
                int most = counted.Groups["most"].Success ? int.Parse(counted.Groups["most"].ValueSpan, CultureInfo.InvariantCulture)
                    : counted.Groups["comma"].Success ? int.MaxValue : least;
                Quantifier(counted.Length, least, most);
                break;
            case '#' when _options.BlanksDoNotCount:
                int end = _pattern.IndexOf('\n', _at);
                Take(TokenKind.Nothing, (end < 0 ? _pattern.Length : end + 1) - _at);
                break;
            case ' ' or '\t' or '\n' or '\r' or '\f' or '\v' when _options.BlanksDoNotCount:
                Take(TokenKind.Nothing, 1);
                break;
            default:
                int length = Rune.TryGetRuneAt(_pattern, _at, out Rune rune) ? rune.Utf16SequenceLength : 1;
                TakeSet(length, CharacterSet.Of((length > 1 ? rune.Value : c, length > 1 ? rune.Value : c)));
                break;
        }
    }

    private void Quantifier(int length, int least, int most)
    {
        int lazy = _at + length < _pattern.Length && _pattern[_at + length] == '?' ? 1 : 0;
        _tokens.Add(new PatternToken(TokenKind.Quantifier, _at, _pattern.Substring(_at, length + lazy), null, least, most));
        _at += length + lazy;
    }

    private void Group()
    {
        if (_at + 1 >= _pattern.Length || _pattern[_at + 1] != '?')
        {
            Open(TokenKind.Open, 1);
        }
        else if (_pattern.AsSpan(_at).StartsWith("(?#"))
        {
            int end = _pattern.IndexOf(')', _at);
            Take(end < 0 ? TokenKind.Other : TokenKind.Nothing, (end < 0 ? _pattern.Length : end + 1) - _at);
        }
        else if (_pattern.AsSpan(_at).StartsWith("(?:"))
        {
            Open(TokenKind.Open, 3);
        }
        else if (NamedGroup().Match(_pattern, _at) is { Success: true } named)
        {
            Open(TokenKind.Open, named.Length);
        }
        else if (InlineOptions().Match(_pattern, _at) is { Success: true } options)
        {
            Options changed = Changed(options.Groups["on"].Value, options.Groups["off"].Value);
            if (options.Groups["end"].Value == ":")
            {
                Open(TokenKind.Other, options.Length);
            }
            else
            {
                // At the very beginning it is the pattern's own, and the sets say it already.
                Take(_at == 0 && options.Value == "(?i)" ? TokenKind.Nothing : TokenKind.Other, options.Length);
            }

            _options = changed;
        }
        else
        {
            // Look-around, conditions and their like: the engine refuses them, or what it makes of them is its own.
            int length = _pattern.AsSpan(_at) switch { ['(', '?', '<', '=' or '!', ..] => 4, ['(', '?', '=' or '!' or '>', ..] => 3, _ => 2 };
            Open(TokenKind.Other, Math.Min(length, _pattern.Length - _at));
        }
    }

    private Options Changed(string on, string off)
    {
        bool Is(char letter, bool now) => (now || on.Contains(letter, StringComparison.Ordinal)) && !off.Contains(letter, StringComparison.Ordinal);
        return new Options(Is('i', _options.IgnoreCase), Is('s', _options.DotIsAny), Is('x', _options.BlanksDoNotCount));
    }

    private void Open(TokenKind kind, int length)
    {
        _outer.Push(_options);
        Take(kind, length);
    }

    private void Escape()
    {
        if (_at + 1 >= _pattern.Length)
        {
            Take(TokenKind.Other, 1);
            return;
        }

        int start = _at;
        char c = _pattern[_at + 1];
        if (ReadSetEscape() is { } set)
        {
            Add(TokenKind.Set, start, set);
        }
        else if (c is 'b' or 'B')
        {
            Take(TokenKind.WordEdge, 2);
        }
        else if (c is >= '1' and <= '9' or 'k' or 'A' or 'Z' or 'z' or 'G')
        {
            // Anchors, which mean something else in a chunk than in a line, and back-references.
            Take(TokenKind.Other, 2);
        }
        else if (ReadCharacterEscape(isInClass: false) is { } character)
        {
            Add(TokenKind.Set, start, CharacterSet.Of((character, character)));
        }
        else
        {
            Take(TokenKind.Other, 2);
        }
    }

    /// <summary>An escape that stands for a set, or null: then nothing is read.</summary>
    private CharacterSet? ReadSetEscape()
    {
        if (_at + 1 >= _pattern.Length)
        {
            return null;
        }

        char c = _pattern[_at + 1];
        CharacterSet? set = char.ToLowerInvariant(c) switch
        {
            'd' => CharacterSet.Digit,
            'w' => CharacterSet.Word,
            's' => CharacterSet.Space,
            'p' => ReadProperty(),
            _ => null,
        };
        if (set is not null && char.ToLowerInvariant(c) != 'p')
        {
            _at += 2;
        }

        return char.IsAsciiLetterUpper(c) ? set?.Negate() : set;
    }

    private CharacterSet ReadProperty()
    {
        int start = _at;
        _at += 2;
        int close = AtEnd || _pattern[_at] != '{' ? -1 : _pattern.IndexOf('}', _at);
        if (close < 0)
        {
            throw new PatternSyntaxException("\\p is to be followed by a name in braces, as in \\p{Lu} or \\p{Greek}", start);
        }

        string name = _pattern[(_at + 1)..close];
        _at = close + 1;
        return NamedSets.Property(name) ?? throw new PatternSyntaxException(
            $"\\p{{{name}}} is not a script, category or block: write a script such as \\p{{Greek}} or \\p{{Han}}, or a category such as \\p{{Lu}} or \\p{{Letter}}", start);
    }

    /// <summary>An escape that stands for one character, or null: then nothing is read.</summary>
    private int? ReadCharacterEscape(bool isInClass)
    {
        char c = _pattern[_at + 1];
        if (c == 'b' && isInClass)
        {
            _at += 2;
            return '\b';
        }

        if (c is 'x' or 'u')
        {
            int? code = ReadHex(_at, c, c == 'x' ? 2 : 4);
            _at += code is null ? 0 : c == 'x' ? 4 : 6;
            // One character in two escapes, as .NET writes it.
            if (code is >= 0xD800 and < 0xDC00 && ReadHex(_at, 'u', 4) is >= 0xDC00 and < 0xE000 and var low)
            {
                _at += 6;
                return char.ConvertToUtf32((char)code, (char)low);
            }

            return code;
        }

        if (c is >= '0' and <= '7' && (isInClass || c == '0'))
        {
            int code = 0;
            int end = _at + 1;
            for (; end < _pattern.Length && end < _at + 4 && _pattern[end] is >= '0' and <= '7'; end++)
            {
                code = (code * 8) + _pattern[end] - '0';
            }

            _at = end;
            return code & 0xFF;
        }

        if (c == 'c')
        {
            // The engine knows which letters there are for control characters, and which not.
            char letter = _at + 2 < _pattern.Length ? char.ToUpperInvariant(_pattern[_at + 2]) : '\0';
            if (letter is < '@' or > '_')
            {
                return null;
            }

            _at += 3;
            return letter - '@';
        }

        int? control = c switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', 'v' => '\v', 'a' => '\a', 'e' => 0x1B, _ => null };
        if (control is null && (char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            return null;
        }

        if (control is null && Rune.TryGetRuneAt(_pattern, _at + 1, out Rune rune))
        {
            _at += 1 + rune.Utf16SequenceLength;
            return rune.Value;
        }

        _at += 2;
        return control ?? c;
    }

    private int? ReadHex(int at, char letter, int digits) =>
        at + 2 + digits <= _pattern.Length && _pattern[at] == '\\' && _pattern[at + 1] == letter
        && int.TryParse(_pattern.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) ? code : null;

    private CharacterSet ReadClass()
    {
        int start = _at++;
        bool isNegated = !AtEnd && _pattern[_at] == '^';
        _at += isNegated ? 1 : 0;
        RefuseSingleBrackets(start);
        var set = new CharacterSet();
        for (bool isFirst = true; ; isFirst = false)
        {
            if (AtEnd)
            {
                throw new PatternSyntaxException("a class is not closed: ] is missing, or \\[ is meant", start);
            }

            if (_pattern[_at] == ']' && !isFirst)
            {
                _at++;
                break;
            }

            // [a-z-[aeiou]]: without those.
            if (!isFirst && _pattern.AsSpan(_at).StartsWith("-[") && ReadPosix(_at + 1, out _) is null)
            {
                _at++;
                CharacterSet less = ReadClass();
                if (AtEnd || _pattern[_at] != ']')
                {
                    throw new PatternSyntaxException("a class that is taken away must be the last thing in a class", _at);
                }

                _at++;
                set = Folded(set);
                return (isNegated ? set.Negate() : set).Without(less);
            }

            set = set.With(ReadElement());
        }

        set = Folded(set);
        return isNegated ? set.Negate() : set;
    }

    private CharacterSet ReadElement()
    {
        int start = _at;
        if (_pattern[_at] == '[' && ReadPosix(_at, out int length) is { } posix)
        {
            _at += length;
            return Folded(posix);
        }

        if (_pattern[_at] == '\\' && ReadSetEscape() is { } set)
        {
            return Folded(set);
        }

        int first = ReadClassCharacter();
        if (_at + 1 >= _pattern.Length || _pattern[_at] != '-' || _pattern[_at + 1] is ']' or '[')
        {
            return CharacterSet.Of((first, first));
        }

        _at++;
        if (_pattern[_at] == '\\' && ReadSetEscape() is not null)
        {
            throw new PatternSyntaxException("a range ends in a class: write \\- for the hyphen itself", start);
        }

        int last = ReadClassCharacter();
        return last >= first ? CharacterSet.Of((first, last)) : throw new PatternSyntaxException("a range is in reverse order", start);
    }

    private int ReadClassCharacter()
    {
        if (_pattern[_at] == '\\')
        {
            int start = _at;
            return _at + 1 < _pattern.Length && ReadCharacterEscape(isInClass: true) is { } code
                ? code
                : throw new PatternSyntaxException("an escape that is none; write \\\\ for the backslash itself", start);
        }

        int length = Rune.TryGetRuneAt(_pattern, _at, out Rune rune) ? rune.Utf16SequenceLength : 1;
        int character = length > 1 ? rune.Value : _pattern[_at];
        _at += length;
        return character;
    }

    /// <summary><c>[:alpha:]</c> or <c>[:^alpha:]</c> at a place within a class; null where none stands there.</summary>
    private CharacterSet? ReadPosix(int at, out int length)
    {
        length = 0;
        Match found = PosixClass().Match(_pattern, at);
        if (!found.Success)
        {
            return null;
        }

        length = found.Length;
        if (found.Groups["other"].Success)
        {
            throw new PatternSyntaxException(
                $"{found.Value} is a class that depends on the locale, which is not supported: write the characters, or \\[ for the bracket itself", at);
        }

        string name = found.Groups["name"].Value;
        CharacterSet set = NamedSets.Posix(name) ?? throw new PatternSyntaxException(
            $"there is no class [:{name}:]: there are {string.Join(", ", NamedSets.PosixNames)}; for the bracket itself write \\[", at);
        return found.Groups["not"].Length > 0 ? set.Negate() : set;
    }

    [GeneratedRegex(@"\G\[(?::(?<not>\^?)(?<name>[A-Za-z]+):|(?<other>=[^\]]=|\.[^\]]+\.))\]", RegexOptions.CultureInvariant)]
    private static partial Regex PosixClass();

    // As grep does: whoever writes this wants [[:digit:]].
    private void RefuseSingleBrackets(int start)
    {
        int close = _pattern.IndexOf(']', _at);
        if (close > _at + 2 && _pattern[_at] == ':' && _pattern[close - 1] == ':' && NamedSets.Posix(_pattern[(_at + 1)..(close - 1)].TrimStart('^')) is not null)
        {
            throw new PatternSyntaxException($"a class by name stands in brackets of its own: [[{_pattern[_at..close]}]]", start);
        }
    }

    private CharacterSet Folded(CharacterSet set) => _options.IgnoreCase ? set.IgnoreCase() : set;

    private void Take(TokenKind kind, int length, CharacterSet? set = null)
    {
        _tokens.Add(new PatternToken(kind, _at, _pattern.Substring(_at, length), set));
        _at += length;
    }

    private void TakeSet(int length, CharacterSet set) => Take(TokenKind.Set, length, Folded(set));

    // Classes are folded while they are read: before they are negated.
    private void Add(TokenKind kind, int start, CharacterSet set) =>
        _tokens.Add(new PatternToken(kind, start, _pattern[start.._at], _pattern[start] == '[' ? set : Folded(set)));
}
