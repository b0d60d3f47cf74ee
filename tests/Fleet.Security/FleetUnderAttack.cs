using System.Security.Cryptography.X509Certificates;
using Fleet.Harness;
using Fleet.Security.Client;

namespace Fleet.Security;

/// <summary>A fleet of real processes with callers of every kind, shared by all tests: none of them may harm it for the next.</summary>
public sealed class FleetUnderAttack : IAsyncLifetime
{
    private readonly List<X509Certificate2> _certificates = [];

    /// <summary>The fleet; its host web1 runs an agent.</summary>
    internal FleetOnThisMachine Fleet { get; private set; } = null!;

    internal Forger Forger { get; private set; } = null!;

    internal string Address => Fleet.Controller.Address;

    /// <summary>Identities of callers by their kind.</summary>
    internal Dictionary<string, X509Certificate2> Identities { get; } = new(StringComparer.Ordinal);

    /// <summary>The id of the agent that the attacker has: fake1 is enrolled, and no agent of Fleet's runs for it.</summary>
    internal ForeignClient ConnectAs(string kind) => new(Address, Identities[kind]);

    public async Task InitializeAsync()
    {
        Fleet = await FleetOnThisMachine.StartAsync();
        Forger = new Forger(Path.Combine(Fleet.Controller.DataDirectory, "trust"));
        await Fleet.AddAgentsAsync(["web1"]);
        var token = await Fleet.CreateTokenAsync("--uses", "3");
        foreach (var name in new[] { "fake1", "removed", "leaver" })
        {
            var agent = Fleet.NewAgent(name);
            await agent.EnrolAsync(Address, token);
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
        Fleet.Controller.Output.ShouldNotContain("[FTL]", customMessage: after);
        Fleet.Controller.Output.ShouldNotContain(" FTL ", customMessage: after);
    }

    public async Task DisposeAsync()
    {
        foreach (var certificate in _certificates)
            certificate.Dispose();
        await Fleet.DisposeAsync();
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
