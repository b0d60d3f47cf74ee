using Fleet.LogSearch.Files;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests;

public sealed class FileSetTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    [Fact]
    public void A_rotated_set_is_read_oldest_first_whatever_the_naming()
    {
        foreach (string name in new[] { "app.log", "app.log.1", "app.log.2.gz", "app.log.10.xz", "app.log-20261119", "app.log-20261120.gz", "app.log.bak", "app.log2", "other.log.1" })
        {
            _scratch.Write(name, name + "\n");
        }

        FileSet.Resolve(Path.Join(_scratch.Path, "app.log"), Rotation.Followed).Select(source => Path.GetFileName(source.Name))
            .ShouldBe(["app.log.10.xz", "app.log.2.gz", "app.log.1", "app.log-20261119", "app.log-20261120.gz", "app.log"]);
        FileSet.Resolve(Path.Join(_scratch.Path, "app.log*"), Rotation.Followed).Select(source => Path.GetFileName(source.Name))
            .ShouldBe(["app.log.10.xz", "app.log.2.gz", "app.log.1", "app.log-20261119", "app.log-20261120.gz", "app.log", "app.log.bak", "app.log2"]);
    }

    [Theory]
    [InlineData("/var/log/*.log", "/var/log/app.1.log", true), InlineData("/var/log/*.log", "/var/log/app.log.1", false)]
    [InlineData("/var/log/*.log", "/var/log/.app.log", false), InlineData("/var/log/.*.log", "/var/log/.app.log", true)]
    [InlineData("/var/log/*.log", "/var/log/sub/app.log", false), InlineData("/var/**/app-?.log", "/var/app-1.log", true)]
    [InlineData("/var/**/app-?.log", "/var/log/a/b/app-1.log", true), InlineData("/var/**/app-?.log", "/var/log/app-10.log", false)]
    [InlineData("/var/log/app.log", "/var/log", false)]
    public void A_glob_stands_for_the_paths_that_it_would_find(string glob, string path, bool isOne) => FileSet.Matches(glob, path).ShouldBe(isOne);

    [Fact]
    public void Globs_cross_directories_and_leave_hidden_files_alone()
    {
        foreach (string name in new[] { "a/x/1.log", "a/y/2.log", "a/y/z/3.log", "a/.hidden.log", "a/4.txt" })
        {
            _scratch.Write(name, "x\n");
        }

        string[] Names(string glob) => FileSet.Resolve(Path.Join(_scratch.Path, glob), Rotation.Ignored).Select(source => Path.GetRelativePath(_scratch.Path, source.Name)).ToArray();

        Names("a/*/?.log").ShouldBe(["a/x/1.log", "a/y/2.log"]);
        Names("a/**/*.log").ShouldBe(["a/x/1.log", "a/y/2.log", "a/y/z/3.log"]);
        Should.Throw<LogQueryException>(() => Names("a/*.nothing")).Message.ShouldContain("no file matches");
        Should.Throw<LogQueryException>(() => FileSet.Resolve("relative.log", Rotation.Ignored)).Message.ShouldContain("absolute");
    }

    [ToolTheory("zstd", "xz-utils", "bzip2")]
    [InlineData("gzip", ".gz"), InlineData("zstd", ".zst"), InlineData("xz", ".xz"), InlineData("bzip2", ".bz2")]
    public async Task A_compressed_file_gives_the_lines_of_the_plain_one(string program, string suffix)
    {
        string path = _scratch.Write("app.log", SampleLog.Create(seed: 11, lines: 20_000));
        var query = new LogQuery { Patterns = [new LogPattern("p", "ERROR|panic")] };
        IReadOnlyList<LogMatch> plain = ScratchDirectory.Search(path, query).Lines;
        await ReferenceTool.RunAsync(program, "-1kq", path);

        (SourceOutcome outcome, IReadOnlyList<LogMatch> packed) = ScratchDirectory.Search(path + suffix, query);

        outcome.End.ShouldBe(SearchEnd.Complete, outcome.Reason);
        plain.Count.ShouldBeGreaterThan(1000);
        packed.Select(line => (line.LineNumber, line.Offset, line.ToString())).ShouldBe(plain.Select(line => (line.LineNumber, line.Offset, line.ToString())));
    }

    [ToolTheory("zstd", "xz-utils")]
    [InlineData("gzip", ".gz"), InlineData("zstd", ".zst"), InlineData("xz", ".xz")]
    public async Task A_damaged_compressed_file_gives_what_could_be_read_and_the_reason(string program, string suffix)
    {
        string path = _scratch.Write("app.log", SampleLog.Create(seed: 12, lines: 60_000));
        await ReferenceTool.RunAsync(program, "-1kq", path);
        byte[] packed = File.ReadAllBytes(path + suffix);
        File.WriteAllBytes(path + suffix, [.. packed[..(packed.Length / 2)], .. new byte[100], .. packed[(packed.Length / 2)..]]);

        SourceOutcome outcome = ScratchDirectory.Search(path + suffix, new LogQuery { Patterns = [new LogPattern("p", "ERROR")] }).Outcome;

        outcome.End.ShouldBe(SearchEnd.Failed);
        outcome.Reason.ShouldContain("read up to byte");
    }

    public void Dispose() => _scratch.Dispose();
}
