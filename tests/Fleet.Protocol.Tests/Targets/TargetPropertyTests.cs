using System.Text.RegularExpressions;
using Fleet.Protocol.Targets;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Protocol.Tests.Targets;

public sealed class TargetPropertyTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void Parsing_the_canonical_text_gives_the_term_back() =>
        Prop.ForAll(SomeTarget.Terms().ToArbitrary(), term => new TargetParser(term.ToString()).Parse().Equals(term)).Check(s_config);

    [Fact]
    public void A_target_means_what_a_plain_reading_of_it_means() =>
        Prop.ForAll(SomeTarget.Terms().ToArbitrary(), SomeTarget.Subjects().ToArbitrary(), (term, subject) =>
        {
            var expected = Evaluate(term, subject);
            return term.Matches(subject) == expected && term.Explain(subject).IsMatch == expected
                && Target.Parse(term.ToString()).Matches(subject) == expected;
        }).Check(s_config);

    [Fact]
    public void Any_text_is_parsed_or_refused_with_a_place() =>
        Prop.ForAll(Some.Garbage("role=web and (os!=windows or not dc in (a,b*)) web[01-3],\"x\\\" && ||!<=>=~^a$ has online 'q'").ToArbitrary(), IsParsedOrRefused)
            .Check(s_config.WithMaxTest(5_000));

    [Fact]
    public void A_damaged_target_is_parsed_or_refused_with_a_place() =>
        Prop.ForAll(Damaged().ToArbitrary(), IsParsedOrRefused).Check(s_config.WithMaxTest(1_000));

    private static bool IsParsedOrRefused(string text)
    {
        if (Target.TryParse(text, out var target, out var error))
            return Target.Parse(target!.ToString()).Equals(target);
        error!.Render(text).ShouldContain("^ ");
        return error.Column >= 1 && error.Column <= text.Length + 1;
    }

    private static Gen<string> Damaged() =>
        from term in SomeTarget.Terms()
        let text = term.ToString()
        from place in Gen.Choose(0, text.Length)
        from removed in Gen.Choose(0, 3)
        from scrap in Gen.Elements("", "(", ")", "\"", "[", "]", ",", "!", "=", " and ", "*", "\\", "not ", "9", "\0")
        select text[..place] + scrap + text[Math.Min(text.Length, place + removed)..];

    /// <summary>The same language, written as plainly as can be.</summary>
    private static bool Evaluate(TargetTerm term, FakeSubject subject) => term switch
    {
        AllOfTerm all => all.Terms.All(t => Evaluate(t, subject)),
        AnyOfTerm any => any.Terms.Any(t => Evaluate(t, subject)),
        NotTerm not => !Evaluate(not.Term, subject),
        PresenceTerm presence => presence.Online == subject.Online,
        NamesTerm names => names.Names.Names.Contains(subject.Name) || names.Globs.Any(glob => IsGlobMatch(glob, subject.Name)),
        HasTerm has => Value(has.Key, subject) is not null,
        OneOfTerm list => Value(list.Key, subject) is { } value && list.Values.Any(p => IsEqual(value, p)),
        CompareTerm { Comparison: Comparison.Equal } c => Value(c.Key, subject) is { } value && IsEqual(value, c.Value),
        CompareTerm { Comparison: Comparison.NotEqual } c => !(Value(c.Key, subject) is { } value && IsEqual(value, c.Value)),
        CompareTerm c => Value(c.Key, subject) is { } value && ValueOrder.Compare(value, c.Value.Text) is { } order && c.Comparison switch
        {
            Comparison.Less => order < 0,
            Comparison.LessOrEqual => order <= 0,
            Comparison.Greater => order > 0,
            _ => order >= 0,
        },
        LikeTerm like => Like(like, subject),
        _ => throw new InvalidOperationException(term.GetType().Name),
    };

    private static bool Like(LikeTerm like, FakeSubject subject)
    {
        var text = like.ToString();
        var split = text.IndexOf("=~", StringComparison.Ordinal);
        TargetKey.TryParse(text[..split], out var key, out _).ShouldBeTrue();
        var pattern = text[(split + 3)..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        return Value(key, subject) is { } value && Regex.IsMatch(value, pattern);
    }

    private static string? Value(TargetKey key, FakeSubject subject) => key.Scope switch
    {
        KeyScope.Label => subject.Labels.GetValueOrDefault(key.Key),
        KeyScope.Fact => subject.Facts.GetValueOrDefault(key.Key),
        _ => subject.Labels.GetValueOrDefault(key.Key) ?? subject.Facts.GetValueOrDefault(key.Key),
    };

    private static bool IsEqual(string value, ValuePattern pattern) => pattern.IsGlob
        ? IsGlobMatch(pattern.Text, value)
        : string.Equals(value, pattern.Text, StringComparison.OrdinalIgnoreCase)
            || (value, pattern.Text) is ("8GiB", "8589934592") or ("8589934592", "8GiB");

    private static bool IsGlobMatch(string glob, string value) => Regex.IsMatch(
        value, "\\A" + Regex.Escape(glob).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "\\z",
        RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
