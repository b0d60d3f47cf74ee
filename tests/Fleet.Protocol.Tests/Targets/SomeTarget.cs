using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Targets;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Protocol.Tests.Targets;

/// <summary>Generators of terms in canonical form, and of agents that they may mean.</summary>
internal static class SomeTarget
{
    private static readonly string[] s_keys = ["role", "os", "cpus", "a.b/c"];
    private static readonly string[] s_values = ["web", "Web", "linux", "5.10", "5.4.1", "8", "16", "8GiB", "8589934592", "a b", "", "*", "\"\\", "and", "x,y", "\u0001", "-3"];

    public static Gen<TargetTerm> Terms() => Gen.Sized(size => Terms(Math.Min(size, 4)));

    public static Gen<FakeSubject> Subjects() =>
        from name in Names()
        from online in Gen.Elements(true, false)
        from labels in Values()
        from facts in Values()
        select new FakeSubject(name.ToLowerInvariant(), online) { Labels = labels, Facts = facts };

    private static Gen<TargetTerm> Terms(int depth) => depth == 0
        ? Leaves()
        : Gen.Frequency(
            (3, Leaves()),
            (1, Terms(depth - 1).Select(TargetTerm (term) => new NotTerm(term))),
            (2, Terms(depth - 1).Two().Select(terms => AllOfTerm.Of([terms.First, terms.Second]))),
            (2, Terms(depth - 1).Three().Select(terms => AnyOfTerm.Of([terms.First, terms.Second, terms.Third]))));

    private static Gen<TargetTerm> Leaves() => Gen.OneOf(
        NamesTerms(),
        from key in Keys() from c in Gen.Elements(Comparison.Equal, Comparison.NotEqual) from value in Patterns() select (TargetTerm)new CompareTerm(key, c, value),
        from key in Keys() from c in Gen.Elements(Comparison.Less, Comparison.LessOrEqual, Comparison.Greater, Comparison.GreaterOrEqual)
        from value in Gen.Elements(s_values) select (TargetTerm)new CompareTerm(key, c, new ValuePattern(value, false)),
        from key in Keys() from values in Patterns().NonEmptyListOf() select (TargetTerm)new OneOfTerm(key, new(values)),
        Keys().Select(TargetTerm (key) => new HasTerm(key)),
        from key in Keys() from pattern in Gen.Elements("^5\\.", "a b", "\"", "(web|\\d+)$", "", "[\\\\]") select (TargetTerm)new LikeTerm(key, pattern),
        Gen.Elements(true, false).Select(TargetTerm (online) => new PresenceTerm(online)));

    private static Gen<TargetTerm> NamesTerms() =>
        from names in Names().ListOf()
        from globs in Gen.Elements("web*", "*1", "d?", "rack1-*", "rack2-*", "not*").ListOf()
        select (TargetTerm)(names.Count + globs.Count == 0 ? NamesTerm.Of(["a"], []) : NamesTerm.Of(names, globs));

    private static Gen<string> Names() => Some.Names().Where(name => name.Length <= NodeSet.LongestName);

    private static Gen<TargetKey> Keys() =>
        from scope in Gen.Elements(KeyScope.Any, KeyScope.Label, KeyScope.Fact)
        from key in Gen.Elements(s_keys)
        select new TargetKey(scope, key);

    // The bare star is has, not a value.
    private static Gen<ValuePattern> Patterns() => Gen.OneOf(
        Gen.Elements(s_values).Select(value => new ValuePattern(value, false)),
        Gen.Elements("w*", "?", "*x*", "5.*").Select(glob => new ValuePattern(glob, true)));

    private static Gen<Dictionary<string, string>> Values() =>
        (from key in Gen.Elements(s_keys) from value in Gen.Elements(s_values) select (key, value)).ListOf()
            .Select(pairs => pairs.DistinctBy(p => p.key).ToDictionary(p => p.key, p => p.value));
}
