using System.Text;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Matching.Syntax;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests;

/// <summary>The same lines as ripgrep and GNU grep on random text of many scripts, of which some lines have bytes that are no UTF-8.</summary>
public sealed class UnicodeParityTests : IDisposable
{
    private static readonly string[] s_words =
    [
        "error", "KILLED", "disk", "oomkiller", "user_7", "10.1.2.3", "0xBEEF", "a-b", "[x]", "foo", "foo.bar", "ſtorm", "\u212Aernel", "größe", "STRASSE", "straße", "ΣΑΣ", "σας", "журнал", "ЖУРНАЛ",
        "日本語", "ログ", "한국어", "עברית", "😀", "👩x", "𝒳", "𠀀", "éa", "\t", "  ", "x", "zz", "7", "€5", "«q»", "\uFFFD",
    ];

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, string, bool> Queries
    {
        get
        {
            var queries = new TheoryData<string, string, bool>();
            (string Flags, string Pattern)[] both =
            [
                ("", "[[:digit:]]+"), ("", "^[[:space:]]"), ("", "[[:xdigit:]]{4}"), ("", "[[:blank:]]{2}"), ("", "[^[:digit:]]"), ("", "^[^[:digit:]]+$"), ("", "x[^[:upper:]]$"),
                ("", "."), ("-v", "."), ("", "^.{3}$"), ("", "^.{1,4}$"), ("", "^.+$"), ("-v", "^.+$"), ("", "[^x]"), ("", "^[^x]+$"), ("", "o.o"), ("", ".x."), ("", "(^|[^a-z])foo[^.]"),
                ("-i", "kill"), ("-i", "disk|storm"), ("-i", "s"), 
                ("-i -F", "ſTORM"), ("-i -F", "disk"), ("-i -F", "журнал"), ("-i", "stra(ss|ß)e"), ("-i", "ς"),
                ("", "\\S{4}"), ("", "\\S$"), ("", "\\W"), ("", "^\\W+$"), ("", "a\\s+x"), ("", "😀"), ("", "^😀+$"), ("", "[😀𝒳]"), ("", "[^😀]"), ("", "\uFFFD"),
                ("", "[]x[:digit:]]{2}"), ("", "[[:digit:]a-c]{3}"),
            ];
            // In a class by name grep means what the locale says, rg ASCII. To grep K is no k, and ranges are the locale's. The rest it does not know.
            (string Flags, string Pattern)[] ofRipgrepAlone =
            [
                ("", "[[:alpha:]]{4}"), ("", "[[:^space:]]{5}"), ("", "[[:word:]]{4}"), ("", "^[[:^ascii:]]+$"), ("", "[^[:space:][:alnum:]]"), ("", "[[:punct:]]{2}"), ("", "[[:print:][:cntrl:]]{9}"),
                ("", "[[:^alpha:][:lower:]]{7}"), ("", "[[:graph:]]+ $"), ("-i", "[[:^upper:]]"), ("-v", "[[:ascii:]]"),
                ("", "\\p{Han}"), ("", "\\P{Han}"), ("", "^\\p{Han}+$"), ("", "\\p{Greek}{2}"), ("", "\\p{Script=Cyrillic}"), ("", "\\p{sc=Hebr}+$"), ("", "[\\p{Katakana}\\p{Hangul}]{2}"), ("", "[^\\p{Latin}]$"),
                ("", "[^\\p{Latin}\\p{Common}]{3}"), ("-i", "\\p{Lu}{5}"), ("", "\\p{Lu}{5}"), ("", "\\p{Uppercase_Letter}"), ("", "\\p{gc=So}"), ("", "^\\p{L}+$"), ("", "[\\P{L}]{3}"), ("-i", "[^\\p{Lu}]+$"), ("-i", "\\P{Lu}{2}"),
                ("-i", "kernel"), ("-i -F", "kernel"), ("-i -v", "k"), ("-i", "[^k]ill"), ("-i", "[k-s]{3}"), ("-i", "[^a-z ]"), ("-i", "^[^a-z ]+$"), ("-i", "[α-ω]{3}"), ("", "[😀-😿]x"),
                ("-i", "[[:upper:]]{5}"), ("-i", "^[[:lower:]]+$"), ("", "[[:alpha:]_-]{6}$"),
                ("", "\\d{2}"), ("", "\\D{6}"), ("", "^\\w+$"), ("", "^[\\w\\s]+$"), ("", "[^\\w\\s]{2}"), ("", "[\\W]{3}"), ("", "[^\\W]{9}"), ("-i", "(?i)\u212Aernel"), ("", "(?i)kernel|(?i:DISK)"), ("", "(?s).x"), ("", "\\x41|\\u0041"),
            ];
            foreach ((string flags, string pattern) in both)
            {
                queries.Add(flags, pattern, true);
            }

            foreach ((string flags, string pattern) in ofRipgrepAlone)
            {
                queries.Add(flags, pattern, false);
            }

            return queries;
        }
    }

    [ToolTheory("ripgrep")]
    [MemberData(nameof(Queries))]
    public async Task Finds_the_lines_that_ripgrep_and_grep_find(string flags, string pattern, bool isGreps)
    {
        for (int seed = 1; seed <= 2; seed++)
        {
            string path = _scratch.Write($"{seed}.log", RandomText(seed, invalidShare: seed == 1 ? 0 : 0.03));
            string[] words = [.. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            string ours = string.Join(' ', Ours(path, words, pattern));
            string rgs = pattern.Replace("\\u0041", "\\u{41}", StringComparison.Ordinal);
            ours.ShouldBe(Numbers(await ReferenceTool.RunAsync("rg", ["-a", "--crlf", "-n", "--no-heading", .. words, "-e", rgs, path])), $"rg, seed {seed}");

            if (isGreps)
            {
                string theirs = Numbers(await ReferenceTool.RunAsync("grep", ["-a", "-n", .. words.Contains("-F") ? Array.Empty<string>() : ["-E"], .. words, "-e", pattern, path]));
                ours.ShouldBe(theirs, $"grep, seed {seed}");
            }
        }
    }

    [Theory]
    [InlineData("-w", "foo"), InlineData("-w -i", "DISK"), InlineData("-w", "fo+|x"), InlineData("-w -F", "x"), InlineData("-w -v", "foo")]
    public async Task A_byte_that_is_no_character_ends_a_word_as_with_grep(string flags, string pattern)
    {
        string path = _scratch.Write("a.log", RandomText(seed: 3, invalidShare: 0.2));
        string[] words = flags.Split(' ');

        string theirs = Numbers(await ReferenceTool.RunAsync("grep", ["-a", "-n", .. words.Contains("-F") ? Array.Empty<string>() : ["-E"], .. words, "-e", pattern, path]));

        string.Join(' ', Ours(path, words, pattern)).ShouldBe(theirs);
    }

    [ToolTheory("ripgrep")]
    [InlineData("[a-c]$"), InlineData("^[^x]*$"), InlineData("\\w$"), InlineData("b"), InlineData("^$")]
    public async Task A_carriage_return_at_the_end_is_no_part_of_the_line_as_with_rg_crlf(string pattern)
    {
        string path = _scratch.Write("a.log", "a\r\nb\nxc\r\n\r\n\nx\r\nd é\r\n");

        string theirs = Numbers(await ReferenceTool.RunAsync("rg", "-a", "--crlf", "-n", "--no-heading", "-e", pattern, path));

        string.Join(' ', Ours(path, [], pattern)).ShouldBe(theirs);
    }

    [Theory]
    [InlineData("[[:digt:]]", "there is no class [:digt:]", "digit")]
    [InlineData("x[:space:]+", "[[:space:]]", "at character 1")]
    [InlineData("[^[=a=]]", "locale", "\\[")]
    [InlineData("\\p{Klingon}", "is not a script, category or block", "\\p{Greek}")]
    [InlineData("[a-\\d]", "range ends in a class", "\\-")]
    [InlineData("[z-a]", "reverse order", "at character 1")]
    [InlineData("ab[c", "not closed", "at character 2")]
    [InlineData("\\p{Han}[[:digit:](](?:a|b", "at character 19", "Not enough )'s")]
    [InlineData("é*+a", "at character 3", "Nested quantifier")]
    public void What_is_wrong_with_a_pattern_is_told_with_its_place_and_what_to_write(string pattern, string reason, string hint)
    {
        string message = Should.Throw<LogQueryException>(() => PatternSet.Create([new LogPattern("mine", pattern)], LogEncoding.Utf8)).Message;

        message.ShouldContain(reason);
        message.ShouldContain(hint);
        message.ShouldContain("mine");
    }

    [Theory]
    // What .NET makes of it, and always did.
    [InlineData("[a-z-[aeiou]]{3}", "xyz", "aei")]
    [InlineData("[\\w-[\\d_]]{3}", "xyz", "x12")]
    [InlineData("[[a]", "[", ":")]
    [InlineData("[]a]", "]", "b")]
    [InlineData("[\\]a-]+z", "]-az", "bz")]
    [InlineData("a{,2}", "a{,2}", "aa")]
    [InlineData("(?x) a \\ b # c", "a b", "ab")]
    [InlineData("(?i)a(?-i)b", "Ab", "aB")]
    [InlineData("(?<n>a)|b", "b", "c")]
    [InlineData("\\u00e9\\x41\\t\\cA", "\u00e9A\t\u0001", "eA")]
    [InlineData("\\p{IsGreek}", "\u03b1", "a")]
    [InlineData("[\\p{IsCyrillic}-[ж]]", "д", "ж")]
    [InlineData("\\ud83d\\ude00", "😀", "😁")]
    [InlineData("a(?#c)b", "ab", "a")]
    [InlineData("[\\b\\n]|q", "\b", "b")]
    [InlineData("[a-z&&[b]]", "&]", "b")]
    public void The_syntax_is_nets(string pattern, string match, string other)
    {
        PatternSet set = PatternSet.Create([new LogPattern("p", pattern)], LogEncoding.Utf8);

        set.Match(Encoding.UTF8.GetBytes(match)).ShouldBe(1UL);
        set.Match(Encoding.UTF8.GetBytes(other)).ShouldBe(0UL);
    }

    [Theory]
    [InlineData("b[\\r\\n]"), InlineData("b\\n"), InlineData("b\\x0a"), InlineData("[\\n]f")]
    public void The_end_of_a_line_is_in_no_line(string pattern) =>
        ScratchDirectory.Lines(_scratch.Write("a.log", "ab\nfoo\nab\r\n"), new LogQuery { Patterns = [new LogPattern("p", pattern)] }).ShouldBeEmpty();

    [Fact]
    public void Ranges_of_characters_beyond_and_of_bytes_that_are_none_are_in_bytes()
    {
        PatternSet set = PatternSet.Create([new LogPattern("p", "[^ x]+")], LogEncoding.Utf8);
        var ranges = new List<ByteRange>();

        set.CollectRanges([.. "x😀é"u8, 0xFF, .. "a x"u8, .. "𠀀"u8], ranges);

        ranges.ShouldBe([new ByteRange(1, 6), new ByteRange(8, 1), new ByteRange(11, 4)]);
    }

    [Fact]
    public void Scripts_and_categories_of_several_patterns_are_told_apart_beyond_the_first_plane()
    {
        PatternSet set = PatternSet.Create(
            [new LogPattern("han", "^\\p{Han}$"), new LogPattern("letter", "^\\p{L}$"), new LogPattern("symbol", "^\\p{S}$"), new LogPattern("smile", "^😀$"), new LogPattern("any", "^.$")], LogEncoding.Utf8);

        set.Match("𠀀"u8).ShouldBe(0b10011UL);
        set.Match("𝒳"u8).ShouldBe(0b10010UL);
        set.Match("😀"u8).ShouldBe(0b11100UL);
        set.Match("😁"u8).ShouldBe(0b10100UL);
        set.Match("\U000E0001"u8).ShouldBe(0b10000UL);
        set.Match([0xF0, 0x9F, 0x98]).ShouldBe(0UL);
    }

    [Fact]
    public void The_runs_of_categories_are_those_of_every_code_point()
    {
        ReadOnlySpan<(int First, System.Globalization.UnicodeCategory Category)> runs = UnicodeData.CategoryRuns;
        int run = 0;
        for (int code = 0; code <= 0x10FFFF; code++)
        {
            run += run + 1 < runs.Length && runs[run + 1].First == code ? 1 : 0;
            if (System.Globalization.CharUnicodeInfo.GetUnicodeCategory(code) != runs[run].Category)
            {
                Assert.Fail($"U+{code:X} is {System.Globalization.CharUnicodeInfo.GetUnicodeCategory(code)}, not {runs[run].Category}");
            }
        }
    }

    private static string[] Ours(string path, string[] words, string pattern)
    {
        var query = new LogQuery
        {
            Patterns =
            [
                new LogPattern(
                    "p",
                    pattern,
                    words.Contains("-F") ? PatternKind.Fixed : PatternKind.Regex,
                    (words.Contains("-i") ? PatternOptions.IgnoreCase : 0) | (words.Contains("-w") ? PatternOptions.WholeWord : 0)),
            ],
            Sense = words.Contains("-v") ? MatchSense.NotMatching : MatchSense.Matching,
        };
        return [.. ScratchDirectory.Search(path, query).Lines.Select(line => line.LineNumber.ToString(System.Globalization.CultureInfo.InvariantCulture))];
    }

    // The numbers alone: what stands in the lines is the other tests' business.
    private static string Numbers(byte[] output) =>
        string.Join(' ', Encoding.Latin1.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]));

    private static byte[] RandomText(int seed, double invalidShare)
    {
        var chance = new Random(seed);
        byte[][] broken = [[0xFF], [0xC3], [0x80, 0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0xC0, 0xAF]];
        using var text = new MemoryStream();
        for (int line = 0; line < 1500; line++)
        {
            bool isBroken = chance.NextDouble() < invalidShare;
            for (int word = chance.Next(5); word >= 0; word--)
            {
                text.Write(Encoding.UTF8.GetBytes(s_words[chance.Next(s_words.Length)]));
                if (isBroken && chance.Next(2) == 0)
                {
                    text.Write(broken[chance.Next(broken.Length)]);
                }
                else if (chance.Next(3) > 0)
                {
                    text.WriteByte((byte)' ');
                }
            }

            text.WriteByte((byte)'\n');
        }

        return text.ToArray();
    }
}
