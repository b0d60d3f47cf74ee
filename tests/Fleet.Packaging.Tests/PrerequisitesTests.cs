using System.Text.RegularExpressions;

namespace Fleet.Packaging.Tests;

/// <summary>installers/prerequisites over a stand-in for apt-get: who installs, how often, and what is said where nothing can be installed.</summary>
public sealed partial class PrerequisitesTests : IDisposable
{
    // What it installs makes the file that tells that it is there. It holds on while `hold` is there, and fails as often as `fail` has lines.
    private const string AptGet = """
        #!/bin/sh
        for word in "$@"; do case $word in update | install) verb=$word ;; esac; done
        mkdir DIR/running 2> /dev/null || echo overlap >> DIR/calls
        echo "$verb" >> DIR/calls
        while [ -e DIR/hold ]; do sleep 0.02; done
        code=0
        if [ "$verb" = install ]; then
            if [ -s DIR/fail ]; then sed -i 1d DIR/fail; echo 'E: the archive is away'; code=100
            else for word in "$@"; do case $word in one | two) touch "DIR/there/$word" ;; esac; done; fi
        fi
        rmdir DIR/running
        exit $code
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-prerequisites-").FullName;
    private readonly string _programs;

    public PrerequisitesTests()
    {
        _programs = Directory.CreateDirectory(Path.Combine(_directory, "bin")).FullName;
        Directory.CreateDirectory(Path.Combine(_directory, "there"));
        File.Copy(Repository.At("installers", "prerequisites"), Path.Combine(_directory, "prerequisites"));
        File.WriteAllText(Path.Combine(_directory, "prerequisites.txt"), $"""
            # comment
            test        one   sh {_directory}/there/one
            test,image  two   {_directory}/there/two
            image       three {_directory}/there/three
            js          npm:@a/b@1.2.3 {_directory}/there/four

            """.ReplaceLineEndings("\n"));
        Program("apt-get", AptGet.Replace("DIR", _directory, StringComparison.Ordinal));
        Program("apt-cache", "#!/bin/sh\n[ \"$3\" != three ]");
        Program("id", "#!/bin/sh\necho 0");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [ToolFact("dpkg")]
    public async Task What_is_missing_is_installed_once_and_what_is_there_costs_nothing()
    {
        File.WriteAllText(Path.Combine(_directory, "there", "one"), "");

        (await RunAsync()).ExitCode.ShouldBe(0);
        Calls().ShouldBe(["update", "install"]);
        Directory.GetFiles(Path.Combine(_directory, "there")).Select(Path.GetFileName).ShouldBe(["one", "two"], ignoreOrder: true);

        (await RunAsync()).ShouldBe(new ShellResult(0, ""));
        Calls().Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_package_of_npm_is_put_where_node_is_told_to_look()
    {
        Program("npm", $"#!/bin/sh\necho \"$*\" > {_directory}/npm\ntouch {_directory}/there/four");

        (await RunAsync("js", ("FLEET_INSTALL", "never"))).Text.ShouldContain("(npm install --global --prefix /usr/local @a/b@1.2.3)");
        (await RunAsync("js")).ExitCode.ShouldBe(0);

        (await File.ReadAllTextAsync(Path.Combine(_directory, "npm"))).ShouldBe("install --global --prefix /usr/local --no-audit --no-fund --ignore-scripts @a/b@1.2.3\n");
        Calls().ShouldBeEmpty();
    }

    [ToolFact("dpkg")]
    public async Task Of_two_at_once_one_waits_for_the_other_and_finds_all_there()
    {
        var hold = Path.Combine(_directory, "hold");
        File.WriteAllText(hold, "");
        var first = RunAsync("two");
        await UntilAsync(() => Calls().Length > 0);
        var said = Path.Combine(_directory, "said");
        var second = Shell.RunAsync("bash", ["-c", $"'{_directory}/prerequisites' test > '{said}' 2>&1"], Environment());
        await UntilAsync(() => File.Exists(said) && File.ReadAllText(said).Contains("waiting for it", StringComparison.Ordinal));
        File.Delete(hold);

        (await first).ExitCode.ShouldBe(0);
        (await second).ExitCode.ShouldBe(0, File.ReadAllText(said));
        // The first one was asked for `two` alone: the second one installs the rest, after it.
        Calls().ShouldBe(["update", "install", "update", "install"]);
    }

    [ToolFact("dpkg")]
    public async Task An_archive_that_is_away_for_a_moment_is_tried_again()
    {
        File.WriteAllText(Path.Combine(_directory, "fail"), "once\n");

        var done = await RunAsync();

        done.ExitCode.ShouldBe(0, done.Text);
        done.Text.ShouldContain("try 1 of 3 did not install one two (exit code 100; E: the archive is away)");
        Calls().ShouldBe(["update", "install", "update", "install"]);
    }

    [ToolFact("dpkg")]
    public async Task An_archive_that_stays_away_is_given_up_and_named()
    {
        File.WriteAllText(Path.Combine(_directory, "fail"), "1\n2\n3\n4\n");

        var failed = await RunAsync();

        failed.ExitCode.ShouldBe(1, failed.Text);
        failed.Text.ShouldContain("prerequisites: missing: one two; they could not be installed in 3 tries (");
        Calls().Count(call => call == "install").ShouldBe(3);
    }

    [ToolFact("dpkg")]
    public async Task A_package_that_the_archive_does_not_know_keeps_no_other_away()
    {
        var failed = await RunAsync("image");

        failed.ExitCode.ShouldBe(1, failed.Text);
        failed.Text.ShouldContain("the archive has no package three");
        failed.Text.ShouldContain("missing: three;");
        File.Exists(Path.Combine(_directory, "there", "two")).ShouldBeTrue();
    }

    [ToolFact("dpkg")]
    public async Task Where_nothing_can_be_installed_nothing_is_tried_and_the_reason_is_said()
    {
        (await RunAsync("test", ("FLEET_INSTALL", "never")))
            .ShouldBe(new ShellResult(3, "prerequisites: missing: one two; FLEET_INSTALL=never, so nothing is installed (apt-get install one two)\n"));

        Program("id", "#!/bin/sh\necho 1000");
        (await RunAsync()).ShouldBe(new ShellResult(3, "prerequisites: missing: one two; not root, so nothing is installed (apt-get install one two)\n"));

        File.Delete(Path.Combine(_programs, "apt-get"));
        foreach (var program in new[] { "dirname", "grep", "sh" })
            await Shell.DoAsync("sh", "-c", $"ln -s $(command -v {program}) {_programs}/");
        (await RunAsync("test", ("PATH", _programs)))
            .ShouldBe(new ShellResult(3, "prerequisites: missing: one two; there is no apt-get here, install them as this system has it\n"));
        Calls().ShouldBeEmpty();
    }

    [ToolFact("dpkg")]
    public async Task A_name_that_is_not_in_the_list_is_refused()
    {
        (await RunAsync("tw")).ExitCode.ShouldBe(2);
        Should.Throw<InvalidOperationException>(() => Prerequisites.Missing("no-such-package")).Message.ShouldContain("no-such-package is no purpose and no package");
    }

    [Fact]
    public void Whatever_an_attribute_of_a_test_names_stands_in_the_list()
    {
        var listed = File.ReadAllLines(Repository.At("installers", "prerequisites.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]).ToHashSet();
        var named = Directory.EnumerateFiles(Repository.At("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Attributes().Matches(File.ReadAllText(file)).SelectMany(match => match.Groups[1].Value.Split(','))).Select(name => name.Trim().Trim('"')).ToHashSet();
        named.Count.ShouldBeGreaterThan(10);
        named.Except(listed).ShouldBeEmpty();
    }

    [GeneratedRegex(@"^ *\[(?:Tool|Sandbox)(?:Fact|Theory)\(([^)]*)\)", RegexOptions.Multiline)]
    private static partial Regex Attributes();

    private Task<ShellResult> RunAsync(string names = "test", params (string Name, string Value)[] environment) =>
        Shell.RunAsync("/bin/bash", [Path.Combine(_directory, "prerequisites"), names], Environment(environment));

    private Dictionary<string, string> Environment(params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{_programs}:{System.Environment.GetEnvironmentVariable("PATH")}",
            ["FLEET_INSTALL"] = "",
            ["FLEET_INSTALL_LOCK"] = Path.Combine(_directory, "lock"),
            ["FLEET_INSTALL_PAUSE"] = "0",
        };
        foreach (var (name, value) in more)
            environment[name] = value;
        return environment;
    }

    private string[] Calls() => File.Exists(Path.Combine(_directory, "calls")) ? File.ReadAllLines(Path.Combine(_directory, "calls")) : [];

    private void Program(string name, string text)
    {
        var path = Path.Combine(_programs, name);
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isSo())
            await Task.Delay(20, limit.Token);
    }
}
