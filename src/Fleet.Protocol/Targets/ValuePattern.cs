using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>The right side of a comparison: a value, or a glob where it stood unquoted with <c>*</c> or <c>?</c>.</summary>
internal readonly record struct ValuePattern(string Text, bool IsGlob)
{
    public bool IsMatch(string value) => IsGlob ? Glob.IsMatch(Text, value) : ValueOrder.AreEqual(value, Text);

    /// <summary>Characters that end an unquoted value are those that mean something elsewhere.</summary>
    public static bool IsValueChar(char c) =>
        NodeSetSyntax.IsNameChar(c) || NodeSetSyntax.IsGlobChar(c) || c is '%' or '#' or '$' or '^' or '~' or ';' or '{' or '}';

    public override string ToString() => IsGlob || IsPlain(Text) ? Text : QuotedText.Quote(Text);

    private static bool IsPlain(string text) =>
        text.Length > 0 && !Keyword.IsJoiner(text) && Characters.AreAll(text, c => IsValueChar(c) && !NodeSetSyntax.IsGlobChar(c));
}
