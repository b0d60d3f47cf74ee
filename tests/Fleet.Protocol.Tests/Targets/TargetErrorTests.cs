using System.Diagnostics;
using Fleet.Protocol.Targets;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Tests.Targets;

public sealed class TargetErrorTests
{
    public static TheoryData<string, string> Mistakes() => new()
    {
        { "role=web andd os=linux", "             ^ expected 'and', 'or' or the end" },
        { "", "    ^ a target is missing\n    hint: name agents (web[01-10]), labels (role=web) or all of them (*)" },
        { "role=web,db", "            ^ a comma joins names only\n    hint: write role in (web,db), or join the terms by 'and' or 'or'" },
        { "(role=web or dc=fra", "    ^ this '(' is never closed\n    hint: add ')'" },
        { "role=web)", "            ^ this ')' was never opened\n    hint: add '(' or remove it" },
        { "role=web and", "                ^ expected a name or a comparison" },
        { "and web1", "    ^ expected a name or a comparison before 'and'\n    hint: quote it if it is a name: \"and\"" },
        { "web1,or", "         ^ expected a name before 'or'\n    hint: quote it if it is a name: \"or\"" },
        { "web1 web2", "         ^ expected 'and', 'or' or the end" },
        { "role=", "         ^ a value is missing after '='\n    hint: write \"\" for the empty value" },
        { "cpus>= and web1", "           ^ a value is missing after '>='\n    hint: quote it if it is a value: \"and\"" },
        { "role=web[1-2]", "            ^ '[' cannot stand in a value\n    hint: put the value in double quotes; node sets match names only" },
        { "cpus>=1*", "          ^ a glob cannot stand after '>='\n    hint: use '=' or '!='" },
        { "kernel=~[a-", "               ^ invalid regular expression: unterminated bracket" },
        { "kernel=~\"(?=a)\"", "            ^ this regular expression needs backtracking or is too large\n    hint: omit lookaround, backreferences and counts above 255" },
        { "role in web", "            ^ expected '(' after 'in'\n    hint: write role in (a,b)" },
        { "role in (web", "            ^ this '(' is never closed\n    hint: add ')'" },
        { "web[1-", "       ^ this '[' is never closed\n    hint: add ']' after the last number" },
        { "a & b", "      ^ expected 'and', 'or' or the end\n    hint: write && or and" },
        { "web*=x", "        ^ expected 'and', 'or' or the end\n    hint: the left side of a comparison is one key, without globs or brackets" },
        { "online=true", "          ^ 'online' and 'offline' are not compared\n    hint: write online or offline alone, or label.online=... for a label" },
        { "=web", "    ^ expected a name or a comparison, found '='" },
        { "has", "       ^ expected the key of a label or fact after 'has'\n    hint: write has role" },
        { "label.=x", "          ^ 'label.' is not the key of a label or fact\n    hint: a key has a-z, 0-9, '.', '_', '/' and '-', with a letter or digit first" },
        { "role=\"web", "         ^ this quote is never closed\n    hint: add \" at the end of the text" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void An_error_points_at_its_place(string text, string caret) =>
        Should.Throw<FleetFormatException>(() => Target.Parse(text)).Render().ShouldBe($"    {text}\n{caret}");

    [Fact]
    public void Nesting_is_bounded()
    {
        Target.Parse(new string('(', 63) + "a" + new string(')', 63)).ToString().ShouldBe("a");
        Target.Parse(string.Concat(Enumerable.Repeat("not ", 63)) + "a").Matches(new FakeSubject("a")).ShouldBeFalse();
        foreach (var hostile in new[] { new string('(', 60_000), new string('!', 60_000), string.Concat(Enumerable.Repeat("not(", 15_000)) })
        {
            Target.TryParse(hostile, out _, out var error).ShouldBeFalse();
            error!.Message.ShouldBe("nested deeper than 64 levels");
        }
    }

    [Fact]
    public void A_long_chain_is_wide_not_deep()
    {
        var target = Target.Parse(string.Join(" or ", Enumerable.Range(0, 5_000).Select(i => "n" + i)));
        target.ExactNames!.Count.ShouldBe(5_000);
        Target.Parse(string.Join("||", Enumerable.Range(0, 5_000).Select(i => "x=" + i))).Matches(new FakeSubject("a")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(65_537, "a target has at most 65536 characters")]
    public void Length_is_bounded(int length, string message)
    {
        Target.TryParse(new string('a', length), out _, out var error).ShouldBeFalse();
        error!.Message.ShouldBe(message);
    }

    [Fact]
    public void A_canonical_text_is_never_longer_than_what_can_be_read() =>
        Target.TryParse(string.Join("||", Enumerable.Repeat("x=1", 13_000)), out _, out var error).ShouldBe(error is null);

    [Theory]
    [InlineData("a[1-60000] or b[1-60000]", "stands for more than 100000 names")]
    [InlineData("a[1-1001]*", "a target has at most 1000 globs")]
    public void Names_are_counted_over_the_whole_target(string text, string message)
    {
        Target.TryParse(text, out _, out var error).ShouldBeFalse();
        error!.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("x=~\"(((a{1,250}){1,250}){1,250}){1,250}b\"")]
    [InlineData("x=~\"((.{1,250}a){1,250}){1,250}$\"")]
    [InlineData("x=~\"a{1,256}\"")]
    [InlineData("x=~\"(a*)*(a*)*(a*)*(a*)*(a*)*b\"")]
    [InlineData("x=~\"((((((((((a?){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}\"")]
    [InlineData("x=~\"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[a-z]{1,250}$\"")]
    public void Hostile_regular_expressions_cost_little(string text)
    {
        // Half a second on a busy machine; backtracking would take years.
        var clock = Stopwatch.StartNew();
        if (Target.TryParse(text, out var target, out _))
            target!.Matches(new FakeSubject("a") { Facts = { ["x"] = new string('a', 2_000) + "!" } });
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
