using Fleet.Protocol.Text;

namespace Fleet.Protocol.Tests.Text;

public sealed class OneLineTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("web-1, the one in the corner")]
    [InlineData("Straße, 日本語, עברית, 🚀")]
    public void Ordinary_text_of_any_script_is_clean(string text)
    {
        Assert.True(OneLineText.IsClean(text));
        Assert.Null(OneLineText.FindFault(text, 100));
        Assert.Same(text, OneLineText.Clean(text));
    }

    [Theory]
    [InlineData("a\0b", "a b", "U+0000 at column 2")]
    [InlineData("\u001b]0;title\u0007", " ]0;title ", "U+001B at column 1")]
    [InlineData("two\nlines", "two lines", "U+000A at column 4")]
    [InlineData("a\tb", "a b", "U+0009 at column 2")]
    [InlineData("c1 \u009b2J", "c1  2J", "U+009B at column 4")]
    [InlineData("line\u2028separator", "line separator", "U+2028 at column 5")]
    [InlineData("\u202egnp.exe", "\ufffdgnp.exe", "U+202E at column 1")]
    [InlineData("zero\u200bwidth", "zero\ufffdwidth", "U+200B at column 5")]
    [InlineData("bom\ufeff", "bom\ufffd", "U+FEFF at column 4")]
    [InlineData("tag\U000e0041", "tag\ufffd", "U+E0041 at column 4")]
    public void What_moves_cursors_reorders_or_hides_is_named_and_replaced(string text, string clean, string fault)
    {
        Assert.False(OneLineText.IsClean(text));
        Assert.EndsWith(fault, OneLineText.FindFault(text, 100), StringComparison.Ordinal);
        Assert.Equal(clean, OneLineText.Clean(text));
        Assert.True(OneLineText.IsClean(OneLineText.Clean(text)));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_text()
    {
        var broken = "x" + '\ud83d';
        Assert.Equal("has a character that does not belong in one line of text: U+D83D at column 2", OneLineText.FindFault(broken, 100));
        Assert.Equal("x\ufffd", OneLineText.Clean(broken));
    }

    [Fact]
    public void A_text_that_is_too_long_is_told_by_how_much() =>
        Assert.Equal("has 5 characters, at most 4 are allowed", OneLineText.FindFault("12345", 4));
}
