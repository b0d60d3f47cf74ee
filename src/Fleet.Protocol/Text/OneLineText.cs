using System.Globalization;
using System.Text;

namespace Fleet.Protocol.Text;

/// <summary>
/// The rule for one-line text: names, labels, notes, comments, paths, reasons. Such a text has no control characters and no line breaks, nothing
/// that reorders its neighbors (bidi controls), nothing invisible (zero-width characters, byte order marks, tags), and is valid Unicode.
/// </summary>
/// <remarks>Unicode categories Cc, Cf, Zl, Zp and Cs: what they do to a terminal or to a reader is never part of what a name says.</remarks>
public static class OneLineText
{
    private const char Replacement = '\ufffd';

    /// <summary>Whether a text is clean.</summary>
    public static bool IsClean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IndexOfUnclean(text) < 0;
    }

    /// <summary>Where the first character stands that does not belong in one line; -1 where there is none.</summary>
    public static int IndexOfUnclean(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text[i..], out var rune, out var length) != System.Buffers.OperationStatus.Done || IsUnclean(rune))
                return i;
            i += length;
        }

        return -1;
    }

    /// <summary>What is wrong with a text, to follow its name ("note has ..."); null where nothing is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">Characters that it may have.</param>
    public static string? FindFault(string text, int longest)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > longest)
            return $"has {text.Length} characters, at most {longest} are allowed";
        return IndexOfUnclean(text) is >= 0 and var at
            ? $"has a character that does not belong in one line of text: {Name(text, at)} at column {at + 1}"
            : null;
    }

    /// <summary>The text without what does not belong in one line: blanks for control characters and line breaks, U+FFFD for what is invisible.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = IndexOfUnclean(text);
        if (at < 0)
            return text;

        var clean = new StringBuilder(text.Length).Append(text, 0, at);
        while (at < text.Length)
        {
            var isValid = Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isValid && !IsUnclean(rune))
                clean.Append(text, at, length);
            else
                clean.Append(isValid && IsBreakOrControl(rune) ? ' ' : Replacement);
            at += length;
        }

        return clean.ToString();
    }

    private static bool IsUnclean(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsBreakOrControl(Rune rune) => Rune.GetUnicodeCategory(rune) is not UnicodeCategory.Format;

    // Never the character itself: the message goes to the terminal that the rule protects.
    private static string Name(string text, int at) => char.IsSurrogatePair(text, at)
        ? $"U+{char.ConvertToUtf32(text, at):X4}"
        : $"U+{(int)text[at]:X4}";
}
