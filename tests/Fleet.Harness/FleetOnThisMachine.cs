using System.Net;

namespace Fleet.Harness;

/// <summary>A controller, agents and a logged-in administrator, all real processes below one temporary directory.</summary>
public sealed class FleetOnThisMachine : IAsyncDisposable
{
    private readonly List<AgentHost> _agents = [];
    private readonly string _directory;

    private FleetOnThisMachine(string directory, ControllerHost controller)
    {
        _directory = directory;
        Controller = controller;
        Admin = new OperatorSeat(Path.Combine(directory, "admin"));
    }

    /// <summary>The controller.</summary>
    public ControllerHost Controller { get; }

    /// <summary>The administrator's CLI.</summary>
    public OperatorSeat Admin { get; }

    /// <summary>The agents, in the order in which they were added.</summary>
    public IReadOnlyList<AgentHost> Agents => _agents;

    /// <summary>Everything that was made is below this directory.</summary>
    public string Directory => _directory;

    /// <summary>Starts a controller and logs the administrator in.</summary>
    public static Task<FleetOnThisMachine> StartAsync(params string[] controllerOptions) => StartAsync(IPAddress.Loopback, controllerOptions);

    /// <summary>Starts a controller on an address of this machine and logs the administrator in.</summary>
    public static async Task<FleetOnThisMachine> StartAsync(IPAddress listen, params string[] controllerOptions)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("fleet-").FullName;
        var controller = new ControllerHost(Path.Combine(directory, "controller"), controllerOptions) { Listen = listen };
        var fleet = new FleetOnThisMachine(directory, controller);
        try
        {
            var token = await fleet.Controller.InitAsync();
            await fleet.Controller.StartAsync();
            await fleet.Admin.LoginAsync(fleet.Controller.Address, token);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates an agent token.</summary>
    public async Task<string> CreateTokenAsync(params string[] options)
    {
        var result = await Admin.RunAsync(["token", "create", .. options]);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"No token: {result}");
        return result.Stdout.Trim();
    }

    /// <summary>An agent of this fleet, neither enrolled nor started yet.</summary>
    public AgentHost NewAgent(string name, params string[] options)
    {
        var agent = new AgentHost(name, Path.Combine(_directory, "agents", name), options);
        _agents.Add(agent);
        return agent;
    }

    /// <summary>Enrolls and starts agents, a few at once, and waits until all have a link.</summary>
    public async Task AddAgentsAsync(IEnumerable<string> names, params string[] agentOptions)
    {
        var agents = names.Select(name => NewAgent(name, agentOptions)).ToList();
        var token = await CreateTokenAsync("--uses", agents.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await Parallel.ForEachAsync(agents, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (agent, _) =>
        {
            await agent.EnrollAsync(Controller.Address, token);
            agent.Start();
        });
        await WaitOnlineAsync(_agents.Count);
    }

    /// <summary>Waits until so many agents have a link.</summary>
    public Task WaitOnlineAsync(int count, TimeSpan? limit = null) => Patience.UntilAsync(
        $"{count} agents online",
        async () => await OnlineAsync() == count,
        limit ?? TimeSpan.FromSeconds(60),
        () => string.Join("\n", _agents.Select(a => $"{a.Name}: {a.Output}").Prepend(Controller.Output)));

    /// <summary>How many agents have a link now.</summary>
    public async Task<int> OnlineAsync()
    {
        var result = await Admin.RunAsync("agents", "list", "--json");
        return result.Stdout.Split('\n').Count(line => line.Contains("\"online\":true", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(_agents, async (agent, _) => await agent.DisposeAsync());
        await Controller.DisposeAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }
}
