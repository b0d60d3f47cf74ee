// The build. `dotnet cake --target=NAME` with Build, Test, Demo, Publish, Package, Image, Arm64, Lint, Reproduce, Bench, Reference or Format.
using System.Xml.Linq;
using Async = System.Threading.Tasks.Task;

var target = Argument("target", "Build");
var configuration = Argument("configuration", "Release");
var artifacts = Directory("./artifacts");
const string Solution = "./Fleet.sln";
const string EndToEnd = "Fleet.EndToEnd";
const string Security = "Fleet.Security";
var voice = new object();

DotNetMSBuildSettings Quiet() => new DotNetMSBuildSettings { Verbosity = DotNetVerbosity.Minimal, NodeReuse = false };

Task("Build")
    .Description("Compiles everything; warnings are errors.")
    .Does(() => Compile(Solution, Quiet()));

// It waits for the network most of the time, so the build goes on meanwhile. Tests install nothing themselves: several would at once.
IProcess prerequisites = null;
Task("Prerequisites")
    .Description("Begins to install what the tests need, where that can be done; Test waits for its end.")
    .Does(() => prerequisites = StartAndReturnProcess("bash", new ProcessSettings { Arguments = "./installers/prerequisites test" }));

Teardown(_ => prerequisites?.WaitForExit());

Task("Test")
    .Description("Installs what the tests need where that can be done, runs them all, several projects at once, and says how many passed.")
    .IsDependentOn("Prerequisites")
    .IsDependentOn("Build")
    .Does(async () =>
{
    var results = artifacts + Directory("tests");
    CleanDirectory(results);
    prerequisites.WaitForExit();
    // 3: nothing can be installed here.
    var mayLack = prerequisites.GetExitCode() == 3;
    var failedRuns = await RunAllTests(results);

    var (passed, failed, skipped) = Count(results);
    // A run that ended before its tests did has written none of them down.
    failed = Math.Max(failed, failedRuns.Count);
    // A test that was skipped though what it lacks could have been installed has failed.
    var avoidable = skipped.Where(test => !mayLack && !test.Reason.StartsWith("not on this machine: ")).ToList();
    Information("");
    foreach (var (test, reason) in skipped)
        Information($"{(avoidable.Contains((test, reason)) ? "failed, since it was skipped" : "skipped")}: {test}: {reason}");
    var line = $"{passed} passed, {failed + avoidable.Count} failed";
    System.IO.File.WriteAllText(artifacts + File("test-summary.txt"), line + "\n");
    Information(line);
    if (failed > 0)
        throw new CakeException($"Tests failed in: {string.Join(", ", failedRuns)}");
    if (avoidable.Count > 0)
        throw new CakeException($"{avoidable.Count} tests were skipped; what they lack could have been installed, see above");
});

Task("Demo")
    .Description("Runs Fleet's main job on this machine: a controller, 20 agents, one inspection. Compiles what that takes, without analyzers.")
    .Does(() => Compile("./tests/Fleet.Demo/Fleet.Demo.csproj", Quiet().WithProperty("RunAnalyzers", "false").WithProperty("GenerateDocumentationFile", "false")))
    .Does(() => Run("./tests/Fleet.Demo", configuration, ""));

Task("Publish")
    .Description("Makes what hosts get, without a .NET runtime there: artifacts/publish/{agent,controller,cli}; says which kind, and why; --parts=agent,arm64,windows: only those.")
    .Does(() => RunScript("./installers/publish " + Argument("parts", "").Replace(',', ' ')));

Task("Package")
    .Description("Makes .deb, .rpm and .tar.gz of it, with checksums: artifacts/packages.")
    .IsDependentOn("Publish")
    .Does(() => RunScript("./installers/package"));

Task("Image")
    .Description("Builds the controller's container image of the packages with buildah, and runs it once; says so where it cannot.")
    .Does(() => RunScript("./installers/container/try"));

Task("Arm64")
    .Description("Publishes for linux-arm64 and runs it: an emulated machine's agent enrolls, runs commands and searches; takes root, qemu and some minutes.")
    .Does(() => RunScript("./installers/publish cli controller arm64", "./artifacts/arm64-programs"))
    .Does(() => RunScript("./installers/arm64/try", "./artifacts/arm64-programs"));

Task("Lint")
    .Description("Looks the packages over with lintian, rpmlint, shellcheck and systemd-analyze, as far as they are there.")
    .Does(() => RunScript("./installers/lint"));

Task("Reproduce")
    .Description("Publishes and packages this commit in two clones, and says whether all files are the same.")
    .Does(() => RunScript("./installers/reproduce"));

Task("Bench")
    .Description("Measures what docs/benchmarks.md promises: --what=NAME, or all; fanout, ping, hits, memory, agent, store, micro, search, journal, since, grepfleet, scan, storm.")
    .IsDependentOn("Build")
    .Does(() => RunScript("./installers/publish logsearch", "./artifacts/bench-programs"))
    .Does(() => Run("./tests/Fleet.Benchmarks", configuration, $"--what {Argument("what", "all")}"));

Task("Reference")
    .Description("Writes what is made of the tables of settings: docs/configuration.md and the files that packages put into /etc/fleet.")
    .Does(() => DotNetTest("./tests/Fleet.Hosting.Tests", new DotNetTestSettings
    {
        Configuration = configuration,
        Filter = "FullyQualifiedName~GeneratedFilesTests.The_file_is_as_the_table_makes_it",
        EnvironmentVariables = new Dictionary<string, string> { ["FLEET_REWRITE"] = "1" },
    }));

Task("Format")
    .Description("Formats the code; with --check=true only says whether it is formatted.")
    .Does(() => DotNetFormat(Solution, new DotNetFormatSettings { VerifyNoChanges = Argument("check", false) }));

RunTarget(target);

bool IsTestProject(FilePath project) => NameOf(project) is var name && (name.EndsWith(".Tests") || name is EndToEnd or Security);

string NameOf(FilePath project) => project.GetFilenameWithoutExtension().ToString();

// Runs every test project, and says which runs failed. One after another they kept two cores busy for little more than half of the time: many wait for
// clocks, disks and hosts that boot. So several run at once, as lanes; tests of programs begin when those are compiled.
async Task<List<string>> RunAllTests(ConvertableDirectoryPath results)
{
    var native = Async.Run(CompileNatively);
    var programs = Async.Run(async () => CompileAhead().Concat(await native).ToDictionary(program => program.Key, program => program.Value));
    var none = Async.FromResult(new Dictionary<string, string>());

    // These start programs of Fleet's; the others need not wait until those are compiled.
    string[] withPrograms = ["Fleet.Agent.Tests", Security, EndToEnd];
    var units = GetFiles("./tests/*/*.csproj").Where(IsTestProject).Select(NameOf).Except(withPrograms).Order().ToList();
    var failed = new System.Collections.Concurrent.ConcurrentQueue<string>();
    await Async.WhenAll(
        Lane([.. units.Select(name => new TestRun(name))]),
        Lane([new TestRun("Fleet.Agent.Tests"), new TestRun(Security)]),
        Lane([new TestRun(EndToEnd, " but hosts", "FullyQualifiedName!~.Hosts.")]),
        Lane([new TestRun(EndToEnd, " on hosts", "FullyQualifiedName~.Hosts.")]));
    return [.. failed.Order()];

    async Async Lane(TestRun[] runs)
    {
        foreach (var run in runs)
        {
            var started = await (withPrograms.Contains(run.Project) ? programs : none);
            if (!await Async.Run(() => RunTests(run, results, started)))
                failed.Enqueue(run.Name);
        }
    }
}

// A test project, or a part of it.
record TestRun(string Project, string Part = "", string Filter = "")
{
    public string Name => Project + Part;
}

// Agent and CLI as they are shipped (installers/publish), by the variables that choose them: a command of the CLI takes 0.03 s of CPU, 0.4 s where the
// runtime has to compile as it goes, and tests run 1,500. Compiled again when the build under test is newer; none where that fails.
Dictionary<string, string> CompileNatively()
{
    var programs = MakeAbsolute(artifacts + Directory("native"));
    var stamp = File($"{programs}/built");
    var sources = GetFiles($"./src/Fleet.{{Agent,Cli}}/bin/{configuration}/*/*leet*.dll").Select(file => System.IO.File.GetLastWriteTimeUtc(file.FullPath));
    if (!FileExists(stamp) || System.IO.File.GetLastWriteTimeUtc(stamp.Path.FullPath) < sources.DefaultIfEmpty(DateTime.MaxValue).Max())
    {
        var compiler = $"fleet-native-{Environment.ProcessId}";
        var environment = new Dictionary<string, string> { ["FLEET_PUBLISH"] = programs.FullPath, ["FLEET_COMPILER"] = compiler };
        var (exitCode, output) = RunQuietly("bash", new ProcessSettings { Arguments = "./installers/publish agent cli", EnvironmentVariables = environment });
        EndCompiler(compiler);
        Say(["", "=== Programs that tests start, as hosts get them", .. output]);
        if (exitCode != 0)
        {
            Warning("Agent and CLI are not compiled as hosts get them, see above; tests take longer.");
            return [];
        }

        System.IO.File.WriteAllText(stamp.Path.FullPath, "");
    }

    return new() { ["FLEET_AGENT_BINARY"] = $"{programs}/agent/fleet-agent", ["FLEET_CLI_BINARY"] = $"{programs}/cli/fleet" };
}

// The controller, from what the build left, compiled ahead of time.
Dictionary<string, string> CompileAhead()
{
    var (exitCode, output) = RunQuietly("dotnet", new ProcessSettings { Arguments = $"build ./tests/Precompiled -t:Precompile -c {configuration} -v minimal --nologo" });
    if (exitCode == 0)
        return new() { ["FLEET_CONTROLLER_BINARY"] = MakeAbsolute(artifacts + File("precompiled/Fleet.Controller/fleet-controller")).FullPath };
    Say(output);
    Warning("The controller is not compiled ahead of time, see above; tests take longer.");
    return [];
}

// Whether all tests of a run passed.
bool RunTests(TestRun run, ConvertableDirectoryPath results, Dictionary<string, string> programs)
{
    // Most programs that tests start live for a second. Without profiles for later optimization they take four fifths of the CPU (Running_commands: 30 s, 37 s).
    var environment = new Dictionary<string, string>(programs) { ["FLEET_INSTALL"] = "never", ["DOTNET_TieredPGO"] = "0" };
    // What is compiled ahead is not compiled again when it is called often: another quarter of the CPU.
    if (programs.Count > 0 && run.Project is EndToEnd or Security)
        environment["DOTNET_TC_CallCounting"] = "0";
    var arguments = new ProcessArgumentBuilder()
        .Append("test").AppendQuoted(MakeAbsolute(File($"./tests/{run.Project}/bin/{configuration}/net10.0/{run.Project}.dll")).FullPath)
        .Append("--logger").AppendQuoted($"trx;LogFileName={run.Name}.trx").Append("--results-directory").AppendQuoted(MakeAbsolute(results).FullPath)
        // The first real hosts take a minute to make.
        .Append("--blame-hang-timeout").Append(run.Project == EndToEnd ? "10m" : "5m");
    if (run.Filter != "")
        arguments.Append("--filter").AppendQuoted(run.Filter);
    Say([$"=== {run.Name} begins"]);
    var (exitCode, output) = RunQuietly("dotnet", new ProcessSettings { EnvironmentVariables = environment, Arguments = arguments });
    Say(["", $"=== {run.Name}", .. output.Where(line => line != "" && !line.StartsWith("Data collector 'Blame' message: All tests finished") && !line.StartsWith("A total of 1 test files"))]);
    return exitCode == 0;
}

// Runs something to its end; what it printed.
(int ExitCode, IEnumerable<string> Output) RunQuietly(string program, ProcessSettings settings)
{
    settings.RedirectStandardOutput = settings.RedirectStandardError = true;
    var exitCode = StartProcess(program, settings, out var output, out var errors);
    return (exitCode, [.. output, .. errors]);
}

// Several lanes speak: what belongs together is printed together.
void Say(IEnumerable<string> lines)
{
    lock (voice)
        Console.WriteLine(string.Join('\n', lines));
}

// With one compiler for all projects, which takes four fifths of the time that one for each takes (the demo: 53 s, 67 s); it ends with the build.
void Compile(string what, DotNetMSBuildSettings settings)
{
    var compiler = $"fleet-build-{Environment.ProcessId}";
    try
    {
        settings.WithProperty("UseSharedCompilation", "true").WithProperty("SharedCompilationId", compiler);
        DotNetBuild(what, new DotNetBuildSettings { Configuration = configuration, MSBuildSettings = settings });
    }
    finally
    {
        EndCompiler(compiler);
    }
}

void EndCompiler(string pipe)
{
    StartProcess("dotnet", new ProcessSettings { Arguments = "msbuild ./src/Fleet.Protocol/Fleet.Protocol.csproj -getProperty:RoslynTargetsPath", RedirectStandardOutput = true }, out var paths);
    if (paths.FirstOrDefault() is { Length: > 0 } path && FileExists($"{path}/bincore/VBCSCompiler.dll"))
        StartProcess("dotnet", new ProcessSettings { Arguments = $"\"{path}/bincore/VBCSCompiler.dll\" -shutdown -pipename:{pipe}", RedirectStandardOutput = true });
}

(int Passed, int Failed, List<(string Test, string Reason)> Skipped) Count(ConvertableDirectoryPath results)
{
    XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
    var files = GetFiles(results.Path.FullPath + "/*.trx").Select(f => XDocument.Load(f.FullPath)).ToList();
    int Sum(string attribute) => files.Sum(f => (int)f.Descendants(ns + "Counters").Single().Attribute(attribute));
    var skipped = files.SelectMany(f => f.Descendants(ns + "UnitTestResult")).Where(r => (string)r.Attribute("outcome") == "NotExecuted")
        .Select(r => ((string)r.Attribute("testName"), r.Descendants(ns + "Message").FirstOrDefault()?.Value ?? "")).ToList();
    return (Sum("passed"), Sum("failed"), skipped);
}

void Run(string project, string configuration, string arguments)
{
    var exitCode = StartProcess("dotnet", $"run --no-build --project {project} -c {configuration} -- {arguments}");
    if (exitCode != 0)
        throw new CakeException($"{project} ended with exit code {exitCode}");
}

void RunScript(string script, string publishTo = null)
{
    var settings = new ProcessSettings { Arguments = script };
    if (publishTo != null)
        settings.EnvironmentVariables = new Dictionary<string, string> { ["FLEET_PUBLISH"] = MakeAbsolute(Directory(publishTo)).FullPath };
    var exitCode = StartProcess("bash", settings);
    if (exitCode != 0)
        throw new CakeException($"{script} ended with exit code {exitCode}");
}
