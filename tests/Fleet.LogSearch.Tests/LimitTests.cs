using System.Text;
using Fleet.LogSearch.Files;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests;

public sealed class LimitTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    [Fact]
    public void The_limit_of_matches_is_said_when_hit_and_later_sources_are_named_as_skipped()
    {
        string first = _scratch.Write("a.log", "x\nx\nx\n");
        string second = _scratch.Write("b.log", "x\nx\nx\n");
        string third = _scratch.Write("c.log", "x\n");
        LogSource[] sources = [new FileSource(first), new FileSource(second), new FileSource(third)];
        var query = new LogQuery { Patterns = [new LogPattern("p", "x")], Limits = new SearchLimits { Matches = 5 } };

        SearchOutcome outcome = LogSearcher.Run(query, sources, NoSink.Instance, default);

        outcome.Sources.Select(source => (source.Matches, source.End)).ShouldBe([(3L, SearchEnd.Complete), (2L, SearchEnd.MatchLimit)]);
        outcome.Sources[1].Reason.ShouldContain("limit of 2 matches");
        outcome.Skipped.ShouldBe([third]);
        outcome.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public void The_budget_of_bytes_ends_the_search_with_what_was_found_so_far()
    {
        string path = _scratch.Write("a.log", string.Concat(Enumerable.Repeat("0123456789 x\n", 100_000)));

        SourceOutcome outcome = ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("p", "x")], Limits = new SearchLimits { Bytes = 13 * 1000 } }).Outcome;

        (outcome.End, outcome.BytesRead, outcome.Matches).ShouldBe((SearchEnd.ByteBudget, 13_000L, 1000L));
    }

    [Fact]
    public void The_budget_of_processor_time_ends_the_search()
    {
        string path = _scratch.Write("a.log", string.Concat(Enumerable.Repeat("abcdefghij\n", 1_000_000)));

        SourceOutcome outcome = ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("p", "[a-j]{9}x")], Limits = new SearchLimits { CpuTime = TimeSpan.FromMilliseconds(1) } }).Outcome;

        outcome.End.ShouldBe(SearchEnd.CpuBudget);
        outcome.BytesRead.ShouldBeInRange(1, 10_000_000);
    }

    [Fact]
    public void A_cancelled_search_says_so()
    {
        string path = _scratch.Write("a.log", string.Concat(Enumerable.Repeat("x\n", 1_000_000)));
        using var cancel = new CancellationTokenSource();
        var sink = new CancelAtFirst(cancel);

        SearchOutcome outcome = LogSearcher.Run(new LogQuery { Patterns = [new LogPattern("p", "x")] }, [new FileSource(path)], sink, cancel.Token);

        outcome.Sources[0].End.ShouldBe(SearchEnd.Cancelled);
        outcome.Sources[0].BytesRead.ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void A_line_of_many_megabytes_is_matched_wherever_the_match_stands_and_held_only_in_part()
    {
        var log = new StringBuilder("before\n");
        log.Append('a', 5_000_000).Append("needle").Append('b', 3_000_000).Append('\n').Append("after needle\n").Append('c', 3_000_000);
        string path = _scratch.Write("a.log", log.ToString());

        (SourceOutcome outcome, IReadOnlyList<LogMatch> lines) = ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("p", "needle")] });

        outcome.Matches.ShouldBe(2);
        lines.Select(line => (line.LineNumber, line.Offset, line.IsCut)).ShouldBe([(2L, 7L, true), (3L, 8_000_014L, false)]);
        lines[0].Text.Length.ShouldBe(4096);
        ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("p", "needle")], Sense = MatchSense.NotMatching }).Lines
            .Select(line => (line.LineNumber, line.IsCut)).ShouldBe([(1L, false), (4L, true)]);
    }

    [Theory]
    [InlineData("missing.log", "no such file")]
    [InlineData("", "is a directory")]
    public void A_source_that_cannot_be_read_is_named_with_the_reason(string name, string reason)
    {
        SourceOutcome outcome = ScratchDirectory.Search(Path.Join(_scratch.Path, name), new LogQuery { Patterns = [new LogPattern("p", "x")] }).Outcome;

        (outcome.End, outcome.Reason.Contains(reason)).ShouldBe((SearchEnd.Failed, true), outcome.Reason);
    }

    public void Dispose() => _scratch.Dispose();

    private sealed class CancelAtFirst(CancellationTokenSource cancel) : IMatchSink
    {
        public void Take(in FoundLine line) => cancel.Cancel();
    }
}
