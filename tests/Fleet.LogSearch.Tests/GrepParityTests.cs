using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests;

/// <summary>The same lines as GNU grep and ripgrep, for the same question, on an awkward log of several chunks.</summary>
public sealed class GrepParityTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public static TheoryData<string, string> Queries => new()
    {
        { "-F", "ERROR" }, { "-F -i", "error" }, { "-F", "E" }, { "-F", "日本" }, { "-F -v", "line" }, { "-F -v", "ERROR" },
        { "-F -w", "foo" }, { "-F -w -i", "ERROR" }, { "-E", "ERROR|OOMKilled|panic" }, { "-E -i", "ERROR|OOMKilled|panic" },
        { "-E", "Killed process [0-9]+ \\((\\w+)\\)" }, { "-E", "id=[0-9]*777777[0-9]*" }, { "-E", "[A-Z]{5,}" }, { "-E", "^line 1.*c$" },
        { "-E", "e{1,2}r+or$" }, { "-E -i -v", "e" }, { "-E", "gr(ö|oe)(ß|ss)e" }, { "-E", "[^a-z0-9 ]{4}R" }, { "-E", "^line [0-9]+ $" },
        { "-E -w", "foo|bar|ERR[A-Z]+" }, { "-E -w", "Accept|Accepted|terr|terror" }, { "-E -w -i", "kill|killed|oom|oomkilled" }, { "-E", "disk|fire|cgroup|deploy|strikes|slash|ssh2|minor|HTTP|done" }, { "-E -i", "(kernel|user) panic" },
        { "-E", "a\\.b\\*c\\[d\\]" }, { "-E", "\\S+\\s+\\S+\\s+HTTP" }, { "-E", "[0-9]\\s+[A-Z]" },
        { "-F -C 2", "OOMKilled" }, { "-E -C 1", "[A-Z]{6,}" }, { "-F -v -C 1", "line 1" },
    };

    [ToolTheory("ripgrep")]
    [MemberData(nameof(Queries))]
    public async Task Finds_the_lines_that_grep_and_rg_find(string flags, string pattern)
    {
        string path = _scratch.Write("sample.log", SampleLog.Create(seed: 7, lines: 9000));

        string ours = string.Join('\n', ScratchDirectory.Search(path, Query(flags, pattern)).Lines.Select(Render));

        string[] words = flags.Split(' ');
        byte[] grep = await ReferenceTool.RunAsync("grep", [.. words, "-a", "-n", "-b", "--no-group-separator", "-e", pattern, path]);
        ShouldBeTheSame(ours, Hex(grep));
        string[] rgWords = words.Where(word => word != "-E").ToArray();
        byte[] rg = await ReferenceTool.RunAsync("rg", [.. rgWords, "-a", "-n", "-b", "--no-heading", "--context-separator", "", "-e", pattern, path]);
        // To rg an invalid byte is not even a non-word, to grep and us it ends a word; and rg cannot leave out the separator's line.
        if (!words.Contains("-w") && !words.Contains("-C"))
        {
            ShouldBeTheSame(ours, Hex(rg));
        }
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task Many_literals_at_once_find_what_grep_finds(int seed)
    {
        byte[] log = SampleLog.Create(seed, 3000);
        string path = _scratch.Write("sample.log", log);
        var random = new Random(seed);
        string[] literals = Enumerable.Range(0, 3 + (seed * 9)).Select(_ =>
        {
            int at = random.Next(log.Length - 20);
            return new string(log.AsSpan(at, random.Next(2, 12)).ToArray().Select(b => b is > 32 and < 127 ? (char)b : 'q').ToArray());
        }).ToArray();
        var query = new LogQuery { Patterns = literals.Select(text => new LogPattern(text, text, PatternKind.Fixed, seed % 2 == 0 ? PatternOptions.IgnoreCase : 0)).ToArray() };

        string ours = string.Join('\n', ScratchDirectory.Search(path, query).Lines.Select(Render));

        string[] arguments = ["-F", "-a", "-n", "-b", .. seed % 2 == 0 ? ["-i"] : Array.Empty<string>(), .. literals.SelectMany(text => new[] { "-e", text }), path];
        ShouldBeTheSame(ours, Hex(await ReferenceTool.RunAsync("grep", arguments)));
    }

    public void Dispose() => _scratch.Dispose();

    private static LogQuery Query(string flags, string pattern)
    {
        string[] words = flags.Split(' ');
        PatternOptions options = (words.Contains("-i") ? PatternOptions.IgnoreCase : 0) | (words.Contains("-w") ? PatternOptions.WholeWord : 0);
        int context = words.Contains("-C") ? int.Parse(words[^1]) : 0;
        return new LogQuery
        {
            Patterns = [new LogPattern("p", pattern, words.Contains("-F") ? PatternKind.Fixed : PatternKind.Regex, options)],
            Sense = words.Contains("-v") ? MatchSense.NotMatching : MatchSense.Matching,
            Before = context,
            After = context,
        };
    }

    // grep's form: number:offset:text, with dashes for context; in hexadecimal, since the text is not always text.
    private static string Render(LogMatch line)
    {
        string mark = line.Role == LineRole.Match ? ":" : "-";
        return Convert.ToHexString([.. System.Text.Encoding.ASCII.GetBytes($"{line.LineNumber}{mark}{line.Offset}{mark}"), .. line.Text.Span]);
    }

    private static void ShouldBeTheSame(string ours, string theirs)
    {
        string[] our = ours.Split('\n'), their = theirs.Split('\n');
        (string? First, string? Second) difference = our.Zip(their).FirstOrDefault(pair => pair.First != pair.Second);
        string Text(string? hex) => hex is null ? "none" : System.Text.Encoding.UTF8.GetString(Convert.FromHexString(hex));
        difference.First.ShouldBe(difference.Second, $"ours: {Text(difference.First)}\ntheirs: {Text(difference.Second)}");
        our.Length.ShouldBe(their.Length);
    }

    private static string Hex(byte[] output)
    {
        ReadOnlySpan<byte> text = output;
        var lines = new List<string>();
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            lines.Add(Convert.ToHexString(end < 0 ? text : text[..end]));
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return string.Join('\n', lines);
    }
}
