using System.Security.Cryptography.X509Certificates;
using Fleet.Harness;
using Fleet.Security.Client;

namespace Fleet.Security;

/// <summary>A fleet of real processes with callers of every kind, shared by all tests: none of them may harm it for the next.</summary>
public sealed class FleetUnderAttack : IAsyncLifetime
{
    /// <summary>What hosts are installed from; not a real one.</summary>
    internal const string Artifact = "fleet-agent-0.1.0-linux-x64.tar.gz";

    /// <summary>A symbolic link that leads out of the directory of artifacts.</summary>
    internal const string LinkedArtifact = "fleet-agent-0.2.0-linux-x64.tar.gz";

    /// <summary>A caller without an identity.</summary>
    private const string Nobody = "nobody";

    private readonly List<X509Certificate2> _certificates = [];
    private readonly DirectoryInfo _artifacts = Directory.CreateTempSubdirectory("fleet-artifacts-");

    /// <summary>Kinds of callers: nobody, an agent, a viewer, an operator, an administrator, a revoked operator, a removed agent.</summary>
    public static TheoryData<string> Callers => [Nobody, "agent", "vic", "ola", "ada", "eve", "removed"];

    /// <summary>The fleet; its host web1 runs an agent.</summary>
    internal FleetOnThisMachine Fleet { get; private set; } = null!;

    internal Forger Forger { get; private set; } = null!;

    internal string Address => Fleet.Controller.Address;

    /// <summary>Identities of callers by their kind.</summary>
    internal Dictionary<string, X509Certificate2> Identities { get; } = new(StringComparer.Ordinal);

    /// <summary>A client of one of <see cref="Callers"/>, or with another identity of these. Of the agent fake1 no agent of Fleet's runs: it is the attacker's.</summary>
    internal ForeignClient ConnectAs(string kind) => new(Address, kind == Nobody ? null : Identities[kind]);

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_artifacts.FullName, "install.sh"), "echo installed\n");
        await File.WriteAllBytesAsync(Path.Combine(_artifacts.FullName, Artifact), new byte[64 << 10]);
        File.CreateSymbolicLink(Path.Combine(_artifacts.FullName, LinkedArtifact), "/etc/passwd");
        Fleet = await FleetOnThisMachine.StartAsync("--set", $"artifacts={_artifacts.FullName}");
        Forger = new Forger(Path.Combine(Fleet.Controller.DataDirectory, "trust"));
        await Fleet.AddAgentsAsync(["web1"]);
        var token = await Fleet.CreateTokenAsync("--uses", "3");
        foreach (var name in new[] { "fake1", "removed", "leaver" })
        {
            var agent = Fleet.NewAgent(name);
            await agent.EnrollAsync(Address, token);
            Identities[name] = Load(agent.StateDirectory);
        }

        foreach (var (name, role) in new[] { ("vic", "viewer"), ("ola", "operator"), ("ada", "admin"), ("eve", "admin") })
            Identities[name] = await LoginAsync(name, role);
        await RunAsync("agents", "remove", "removed", "--yes");
        await RunAsync("operators", "revoke", "eve");
        Identities["agent"] = Identities["fake1"];
    }

    /// <summary>Runs `fleet` as the administrator; it has to succeed.</summary>
    internal async Task<string> RunAsync(params string[] arguments)
    {
        var result = await Fleet.Admin.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Stdout;
    }

    /// <summary>Honest people are served, by the process that was started first.</summary>
    internal async Task ShouldServeAsync(int processId, string after)
    {
        var ping = await Fleet.Admin.RunAsync("ping", "web1");
        ping.ExitCode.ShouldBe(0, $"after {after}: {ping}\n{Fleet.Controller.Output}");
        Fleet.Controller.ProcessId.ShouldBe(processId);
        Fleet.Controller.Output.ShouldNotContain(" FTL ", customMessage: after);
    }

    public async Task DisposeAsync()
    {
        foreach (var certificate in _certificates)
            certificate.Dispose();
        await Fleet.DisposeAsync();
        _artifacts.Delete(recursive: true);
    }

    private async Task<X509Certificate2> LoginAsync(string name, string role)
    {
        var directory = Path.Combine(Fleet.Directory, name);
        var seat = new OperatorSeat(directory);
        await seat.LoginAsync(Address, await Fleet.CreateTokenAsync("--operator", role), name);
        return Load(Directory.EnumerateFiles(directory, "identity.pem", SearchOption.AllDirectories).Single().Replace("identity.pem", "", StringComparison.Ordinal));
    }

    private X509Certificate2 Load(string directory)
    {
        var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(directory, "identity.pem"));
        _certificates.Add(certificate);
        return certificate;
    }
}

/// <summary>All tests share one fleet, and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneFleet : ICollectionFixture<FleetUnderAttack>
{
    public const string Name = "one fleet";
}
