using Fleet.Cli.Scans;
using Fleet.Cli.Scans.Files;
using Fleet.LogSearch.Files;
using Fleet.LogSearch.Searching;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Scans;

/// <summary>Every pattern of every pack finds what it is for, and leaves alone what looks like it; looked for by the agents' own search.</summary>
public sealed class Ready_made_packs
{
    private static readonly string s_scans = Repository.At("scans");

    private static readonly Lazy<IReadOnlyList<ScanDefinition>> s_all = new(ReadAll);

    public static TheoryData<string, string> Patterns()
    {
        var data = new TheoryData<string, string>();
        foreach (var scan in AllScans())
        {
            foreach (var pattern in scan.Order.Patterns)
                data.Add(scan.Name, pattern.Pattern.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_pattern_finds_its_lines_and_no_others(string scanName, string patternName)
    {
        var scan = AllScans().Single(scan => scan.Name == scanName);
        var pattern = scan.Order.Patterns.Single(pattern => pattern.Pattern.Name == patternName);
        var sample = SampleLog.Read(Path.Combine(s_scans, "samples", scanName, patternName + ".log"));
        sample.Meant.ShouldNotBeEmpty();
        sample.Alike.ShouldNotBeEmpty();

        var found = Search(scan.Order, pattern, [.. sample.Meant, .. sample.Alike]);

        found.ShouldBe(sample.Meant);
    }

    [Fact]
    public void Every_sample_belongs_to_a_pattern()
    {
        var known = Patterns().Select(row => Path.Combine((string)row[0], row[1] + ".log")).ToHashSet();
        var samples = Path.Combine(s_scans, "samples");
        Directory.GetFiles(samples, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(samples, file)).Except(known).ShouldBeEmpty();
    }

    [Fact]
    public void Every_pattern_has_a_name_and_every_scan_says_what_it_is_for()
    {
        foreach (var scan in AllScans())
        {
            scan.Description.ShouldNotBeEmpty();
            scan.Order.Patterns.ShouldAllBe(pattern => pattern.Pattern.Name.Length > 0);
        }
    }

    [Fact]
    public void The_program_carries_the_packs_of_the_repository()
    {
        Packs.Names.ShouldBe(Directory.GetFiles(s_scans, "*.yaml").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        foreach (var name in Packs.Names)
            Packs.Read(name).ShouldBe(File.ReadAllText(Path.Combine(s_scans, name + ".yaml")));
    }

    private static IReadOnlyList<ScanDefinition> AllScans() => s_all.Value;

    private static IReadOnlyList<ScanDefinition> ReadAll()
    {
        var faults = new ScanFaults();
        var set = new ScanFileReader(faults, new EnvironmentText(_ => null, faults, unset: null), TextReader.Null).Read([s_scans]);
        faults.ThrowIfAny();
        return set.Scans;
    }

    /// <summary>The records that a pattern finds in a log of them.</summary>
    private static IReadOnlyList<string> Search(ScanOrder order, ScanPattern pattern, IReadOnlyList<string> records)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, string.Concat(records.Select(record => record + "\n")));
            var matches = new MatchList();
            LogSearcher.Run(ScanTrial.Query(order) with { Patterns = [PatternReader.Of(pattern.Pattern)] }, [new FileSource(path)], matches, CancellationToken.None);
            return [.. matches.Matches.Select(match => match.ToString())];
        }
        finally
        {
            File.Delete(path);
        }
    }
}
