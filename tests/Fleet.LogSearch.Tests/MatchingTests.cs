using System.Text;
using System.Text.RegularExpressions;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.LogSearch.Tests;

public sealed class MatchingTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Searching_chunks_finds_what_trying_every_line_finds(bool isBeyondNet)
    {
        string[] atoms =
        [
            "a", "b", "B", ".", "[^a]", "\\s", "\\w", "^", "$", "ab", "x?", "b+", "a*", "(a|bc)", "(?:ab|c)+", "\\b", "[a-c]{2}", "\\W", "é", "\\D",
            "[^]a]", "[]a]", "[^-a]", "[^-\\s]", "[^a-]", "[\\s-]", "\\P{L}", "a{ 1}", "a{,1}", "a{1, 2}", "b{1,2}?", "(?<n>c)", "[^\\]b]", "[\\n\\r]", "[\\s,]",
            .. isBeyondNet ? ["😀", "[^😀]", "[[:alpha:]]", "[^[:alpha:]]", "\\p{Greek}", "\\P{Greek}{2}", "σ", "k", "\\x61"] : Array.Empty<string>(),
        ];
        string[] texts =
        [
            "a", "b", "c", "B", " ", "\n", "\n", "é", "\r\n", "x", "ab", "]", "-", "a{ 1}", "a{,1}", "a{1, 2}", .. isBeyondNet ? ["😀", "ς", "\u212A"] : Array.Empty<string>(),
        ];
        var patterns = Gen.Elements(atoms).ListOf().Where(list => list.Count is > 0 and < 5).Select(list => string.Concat(list));
        var logs = Gen.Elements(texts).ListOf().Select(list => string.Concat(list));
        Prop.ForAll(patterns.ToArbitrary(), logs.ToArbitrary(), Gen.Elements(false, true).ToArbitrary(), (pattern, log, ignoreCase) =>
        {
            string path = _scratch.Write("p.log", log);
            var query = new LogQuery { Patterns = [new LogPattern("p", pattern, PatternKind.Regex, ignoreCase ? PatternOptions.IgnoreCase : 0)] };
            // What .NET itself finds; of what it does not know, what our own expression finds in a line.
            PatternSet plain = PatternSet.Create(query.Patterns, LogEncoding.Utf8);
            Func<string, bool> isMatch = isBeyondNet
                ? line => plain.Match(Encoding.UTF8.GetBytes(line)) != 0
                : new Regex(pattern, RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : 0)).IsMatch;
            string[] lines = log.Split('\n');
            lines = lines[^1].Length == 0 ? lines[..^1] : lines;
            string[] expected = lines.Select(line => line.TrimEnd('\r')).Where(isMatch).ToArray();
            // Only a single carriage return ends a line.
            return lines.Any(line => line.EndsWith("\r\r", StringComparison.Ordinal)) || ScratchDirectory.Lines(path, query).SequenceEqual(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }

    [Fact]
    public void Every_way_to_look_for_literals_finds_one_on_the_first_line_that_has_any()
    {
        var chance = new Random(11);
        for (int round = 0; round < 3000; round++)
        {
            byte[] text = Encoding.ASCII.GetBytes(chance.GetItems<char>("abcABCx   \n", chance.Next(400)));
            bool ignoreCase = chance.Next(2) == 0;
            var literals = new Literal[chance.Next(1, 6)];
            for (int i = 0; i < literals.Length; i++)
            {
                literals[i] = Literal.Create(new string(chance.GetItems<char>("abcABC", chance.Next(1, 7))), ignoreCase, LogEncoding.Utf8);
            }

            int first = Enumerable.Range(0, text.Length).FirstOrDefault(at => literals.Any(literal => literal.StartsAt(text.AsSpan(at))), -1);
            new FewLiteralsSearcher(literals).IndexOf(text, out _).ShouldBe(first);
            int many = new ManyLiteralsSearcher(literals).IndexOf(text, out _);
            (many < 0 ? -1 : LineOf(many)).ShouldBe(first < 0 ? -1 : LineOf(first));
            if (literals.Length == 1)
            {
                new SingleLiteralSearcher(literals[0]).IndexOf(text, out _).ShouldBe(first);
            }

            int LineOf(int place) => text.AsSpan(0, place).Count((byte)'\n');
        }
    }

    [Fact]
    public void An_optional_letter_before_one_beyond_ASCII_skips_no_line()
    {
        string path = _scratch.Write("a.log", "\r\nb\r\nBxx\n\u00E9\u00E9aab\r\nxa\n\nBab\u00E9  \u00E9\u00E9\ncB\nbB\u00E9 baba");

        ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("p", "x?\u00E9", Options: PatternOptions.IgnoreCase)] }).Outcome.Matches.ShouldBe(3);
    }

    [Fact]
    public void Several_named_patterns_are_counted_apart()
    {
        string path = _scratch.Write("a.log", "Out of memory\nOOMKilled ERROR\nerror\nfine\n");
        var query = new LogQuery { Patterns = [LogPattern.Parse("oom=Out of memory|OOMKilled"), LogPattern.Parse("error", options: PatternOptions.IgnoreCase)] };

        (SourceOutcome outcome, IReadOnlyList<LogMatch> lines) = ScratchDirectory.Search(path, query);

        query.Patterns[0].Name.ShouldBe("oom");
        outcome.Matches.ShouldBe(3);
        outcome.MatchesByPattern.ShouldBe([2L, 2L]);
        lines.Select(line => line.Patterns).ShouldBe([1UL, 3UL, 2UL]);
    }

    [Fact]
    public void Ranges_are_in_bytes_whatever_the_characters()
    {
        string path = _scratch.Write("a.log", [.. "größe "u8, 0xFF, .. " größe x\n"u8]);

        LogMatch line = ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("p", "gr\\w+e", Options: PatternOptions.WholeWord)] }).Lines.ShouldHaveSingleItem();

        line.Ranges.ShouldBe([new ByteRange(0, 7), new ByteRange(10, 7)]);
    }

    [Fact]
    public void Of_literals_that_begin_alike_every_place_is_a_range()
    {
        string path = _scratch.Write("a.log", "fail failure, failed\nxxabyyzq ab\n");

        LogMatch[] lines = [.. ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("p", "failure|fail|failed|ab|xxabyyzq")] }).Lines];

        lines[0].Ranges.ToArray().ShouldBe([new ByteRange(0, 4), new ByteRange(5, 7), new ByteRange(14, 4)]);
        lines[1].Ranges.ToArray().ShouldBe([new ByteRange(0, 8), new ByteRange(9, 2)]);
    }

    [Fact]
    public void Latin_1_is_read_as_such_when_asked()
    {
        string path = _scratch.Write("a.log", Encoding.Latin1.GetBytes("gr\u00f6\u00dfe\nGR\u00d6SSE\n"));
        var pattern = new LogPattern("p", "GR\u00d6", PatternKind.Fixed, PatternOptions.IgnoreCase);

        ScratchDirectory.Search(path, new LogQuery { Patterns = [pattern], Encoding = LogEncoding.Latin1 }).Outcome.Matches.ShouldBe(2);
        ScratchDirectory.Search(path, new LogQuery { Patterns = [pattern] }).Outcome.Matches.ShouldBe(0);
    }

    [Fact]
    public void Exclusions_take_lines_out()
    {
        string path = _scratch.Write("a.log", "error a\nerror b\nerror c\n");

        ScratchDirectory.Lines(path, new LogQuery { Patterns = [new LogPattern("e", "error")], Not = [new LogPattern("b", "b$")] }).ShouldBe(["error a", "error c"]);
    }

    [Fact]
    public void A_record_of_several_lines_is_one_match_wherever_in_it_the_pattern_stands()
    {
        var log = new StringBuilder("stray tail\n");
        for (int i = 0; i < 4000; i++)
        {
            log.Append($"2026-11-20 08:00:{i % 60:00} Request {i} failed\n  at A.b(C.java:{i})\n  at Handler.run\nCaused by: Boom{i % 10}\n");
        }

        string path = _scratch.Write("a.log", log.ToString());
        var query = new LogQuery { Patterns = [new LogPattern("p", "Boom3|C.java:13\\)")], RecordStart = new LogPattern("start", "^\\d{4}-"), Not = [new LogPattern("n", "Request 23 ")] };

        (SourceOutcome outcome, IReadOnlyList<LogMatch> lines) = ScratchDirectory.Search(path, query);

        outcome.Matches.ShouldBe(399);
        lines[0].ToString().ShouldBe("2026-11-20 08:00:03 Request 3 failed\n  at A.b(C.java:3)\n  at Handler.run\nCaused by: Boom3");
        lines.ShouldAllBe(line => line.ToString().StartsWith("2026-11-20", StringComparison.Ordinal) && line.ToString().Contains("Boom3"));
    }

    [Fact]
    public void Json_fields_are_compared_by_value_not_by_spelling()
    {
        string path = _scratch.Write("a.log", """
            {"level":"error","status":503,"http":{"path":"/api/x"},"service.name":"web"}
            {"level":"\u0065rror","status":200,"http":{"path":"/x"}}
            {"message":"level error","level":"info"}
            not json level error

            """);

        long Count(params string[] filters) =>
            ScratchDirectory.Search(path, new LogQuery { JsonFields = filters.Select(FieldFilter.Parse).ToArray() }).Outcome.Matches;

        Count("level=error").ShouldBe(2);
        Count("level=error", "status>=500").ShouldBe(1);
        Count("http.path~^/api").ShouldBe(1);
        Count("service.name=web").ShouldBe(1);
        Count("level!=error").ShouldBe(1);
    }

    [Theory]
    [InlineData("(a|b", "at character")]
    [InlineData("(?<=a)b", "linear time")]
    [InlineData("(a)\\1", "linear time")]
    [InlineData("(a{1000}){1000}", "linear time")]
    [InlineData("", "empty")]
    [InlineData("a\nb", "line break")]
    public void A_pattern_that_cannot_be_used_is_refused_with_a_reason(string pattern, string reason)
    {
        var query = new LogQuery { Patterns = [new LogPattern("mine", pattern)] };

        Should.Throw<LogQueryException>(() => LogSearcher.Run(query, [], NoSink.Instance, default)).Message.ShouldSatisfyAllConditions(
            message => message.ShouldContain(reason), message => message.ShouldContain("mine"));
    }

    [Fact]
    public void A_hostile_expression_costs_time_in_step_with_the_input()
    {
        string path = _scratch.Write("a.log", string.Concat(Enumerable.Repeat(new string('a', 200) + "\n", 20_000)));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        foreach (string hostile in new[] { "(a+)+$b", "(a|aa)+c", "[^x]*y", "(\\x0a|.)*z", "(.*)*=" })
        {
            ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("p", hostile)] }).Outcome.Matches.ShouldBe(0);
        }

        // A backtracking engine needs 2^200 steps for one line; this took 2 s on one loaded core.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    public void Dispose() => _scratch.Dispose();
}
