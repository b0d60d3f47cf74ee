using System.Text;

namespace Fleet.LogSearch.Matching.Syntax;

/// <summary>Writes a pattern that was taken apart as the expression engine reads it.</summary>
internal static class PatternWriter
{
    /// <summary>For a line, or for a chunk of lines: then nothing matches a line's end.</summary>
    public static string Write(IReadOnlyList<PatternToken> tokens, StandIns standIns, bool isForChunk)
    {
        var text = new StringBuilder();
        foreach (PatternToken token in tokens)
        {
            text.Append(Write(token, standIns, isForChunk));
        }

        return text.ToString();
    }

    /// <summary>Where in the pattern stands what is written at a place for a line.</summary>
    public static int PlaceOf(int written, IReadOnlyList<PatternToken> tokens, StandIns standIns)
    {
        foreach (PatternToken token in tokens)
        {
            int length = Write(token, standIns, isForChunk: false).Length;
            if (written < length)
            {
                return token.Start + Math.Min(written, Math.Max(0, token.Text.Length - 1));
            }

            written -= length;
        }

        return tokens.Count == 0 ? 0 : tokens[^1].Start + tokens[^1].Text.Length;
    }

    private static string Write(PatternToken token, StandIns standIns, bool isForChunk) => token.Kind switch
    {
        TokenKind.Nothing => "",
        TokenKind.Set => (isForChunk ? token.Set!.WithoutLineEnd() : token.Set!).ToExpression(standIns),
        // Lines are tried without their carriage return, chunks have it.
        TokenKind.LineEnd when isForChunk => "\\r?$",
        _ => token.Text,
    };
}
