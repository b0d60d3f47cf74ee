// The build. `dotnet cake --target=NAME` with Build, Test, Demo, Publish, Package, Image, Arm64, Lint, Reproduce, Bench or Format.
using System.Xml.Linq;

var target = Argument("target", "Build");
var configuration = Argument("configuration", "Release");
var artifacts = Directory("./artifacts");
const string Solution = "./Fleet.sln";
const string EndToEnd = "Fleet.EndToEnd";

DotNetMSBuildSettings Quiet() => new DotNetMSBuildSettings { Verbosity = DotNetVerbosity.Minimal, NodeReuse = false };

Task("Build")
    .Description("Compiles everything; warnings are errors.")
    .Does(() => Compile(Solution, Quiet()));

Task("Test")
    .Description("Installs what the tests need where that can be done, runs them all, one project after another, and says how many passed.")
    .IsDependentOn("Build")
    .Does(() =>
{
    var results = artifacts + Directory("tests");
    CleanDirectory(results);
    // Now and not by the tests themselves, of which several run at once. 3: nothing can be installed here.
    var mayLack = StartProcess("bash", "./installers/prerequisites test") == 3;
    var programs = Precompile();
    var failedProjects = GetFiles("./tests/*/*.csproj").Where(IsTestProject).OrderBy(RunOrder).Where(project => RunTests(project, results, programs) != 0).Select(NameOf).ToList();

    var (passed, failed, skipped) = Count(results);
    // A project that ended before its tests did has written none of them down.
    failed = Math.Max(failed, failedProjects.Count);
    // A test that was skipped though what it lacks could have been installed has failed.
    var avoidable = skipped.Where(test => !mayLack && !test.Reason.StartsWith("not on this machine: ")).ToList();
    Information("");
    foreach (var (test, reason) in skipped)
        Information($"{(avoidable.Contains((test, reason)) ? "failed, since it was skipped" : "skipped")}: {test}: {reason}");
    var line = $"{passed} passed, {failed + avoidable.Count} failed";
    System.IO.File.WriteAllText(artifacts + File("test-summary.txt"), line + "\n");
    Information(line);
    if (failed > 0)
        throw new CakeException($"Tests failed in: {string.Join(", ", failedProjects)}");
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

Task("Format")
    .Description("Formats the code; with --check=true only says whether it is formatted.")
    .Does(() => DotNetFormat(Solution, new DotNetFormatSettings { VerifyNoChanges = Argument("check", false) }));

RunTarget(target);

bool IsTestProject(FilePath project) => NameOf(project) is var name && (name.EndsWith(".Tests") || name is EndToEnd or "Fleet.Security");

// Small and fast ones first, real processes last.
int RunOrder(FilePath project) => NameOf(project) == EndToEnd ? 1 : 0;

string NameOf(FilePath project) => project.GetFilenameWithoutExtension().ToString();

bool SpendsItsTimeInPrograms(FilePath project) => NameOf(project) is EndToEnd or "Fleet.Security";

// The programs that tests start, compiled ahead of time, by the variables that choose them; none where the compiler cannot be had.
Dictionary<string, string> Precompile()
{
    if (StartProcess("dotnet", $"build ./tests/Precompiled -t:Precompile -c {configuration} -v minimal --nologo") != 0)
    {
        Warning("The programs are not compiled ahead of time, see above; tests take longer.");
        return [];
    }
    string At(string program) => MakeAbsolute(artifacts + File($"precompiled/{program}")).FullPath;
    return new()
    {
        ["FLEET_CONTROLLER_BINARY"] = At("Fleet.Controller/fleet-controller"),
        ["FLEET_AGENT_BINARY"] = At("Fleet.Agent/fleet-agent"),
        ["FLEET_CLI_BINARY"] = At("Fleet.Cli/fleet"),
    };
}

int RunTests(FilePath project, ConvertableDirectoryPath results, Dictionary<string, string> programs)
{
    var name = NameOf(project);
    // Most programs that tests start live for a second. Without profiles for later optimization they take four fifths of the CPU (Running_commands: 30 s, 37 s).
    var environment = new Dictionary<string, string> { ["FLEET_INSTALL"] = "never", ["DOTNET_TieredPGO"] = "0" };
    foreach (var (variable, path) in programs)
        environment[variable] = path;
    // What is compiled ahead is not compiled again when it is called often: another quarter of the CPU.
    if (programs.Count > 0 && SpendsItsTimeInPrograms(project))
        environment["DOTNET_TC_CallCounting"] = "0";
    Information("");
    Information($"=== {name}");
    return StartProcess("dotnet", new ProcessSettings
    {
        EnvironmentVariables = environment,
        Arguments = new ProcessArgumentBuilder()
            .Append("test").AppendQuoted(project.FullPath).Append("--no-build").Append("-c").Append(configuration)
            .Append("--logger").AppendQuoted($"trx;LogFileName={name}.trx").Append("--results-directory").AppendQuoted(MakeAbsolute(results).FullPath)
            // The first real hosts take a minute to make, and so does the agent that is put on them.
            .Append("--blame-hang-timeout").Append(name == EndToEnd ? "10m" : "5m"),
    });
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
