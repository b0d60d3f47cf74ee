using System.Text.RegularExpressions;
using Fleet.Protocol.Targets;

namespace Fleet.Protocol.Tests.Targets;

/// <summary>docs/targets.md shows only what can be read.</summary>
public sealed partial class TargetDocumentTests
{
    private static readonly string s_document = File.ReadAllText(Repository.At("docs", "targets.md"));

    [Fact]
    public void Every_example_is_a_target()
    {
        var examples = Examples().Matches(s_document).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        examples.Count.ShouldBeGreaterThan(15);
        foreach (var example in examples)
            Target.TryParse(example, out _, out var error).ShouldBeTrue($"{example}: {error}");
    }

    [Fact]
    public void The_mistake_shown_is_the_one_that_is_made()
    {
        Target.TryParse("role=web andd x", out _, out var error).ShouldBeFalse();
        s_document.ShouldContain(error!.Render("role=web andd x"));
    }

    [Fact]
    public void The_bounds_are_those_of_the_code()
    {
        s_document.ShouldContain($"{Target.LongestText:N0} characters".Replace('.', ','));
        s_document.ShouldContain($"{Target.DeepestNesting} levels");
    }

    [GeneratedRegex("```target\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Examples();
}
