namespace Fleet.Harness;

/// <summary>An agent with its own state directory; it can be killed and started again.</summary>
public sealed class AgentHost : IAsyncDisposable
{
    private readonly string[] _options;
    private ChildProcess? _process;

    /// <param name="name">Its name in the fleet.</param>
    /// <param name="directory">Its state directory.</param>
    /// <param name="options">Further options of `fleet-agent run`.</param>
    public AgentHost(string name, string directory, params string[] options)
    {
        Name = name;
        StateDirectory = directory;
        _options = options;
    }

    /// <summary>Its name in the fleet.</summary>
    public string Name { get; }

    /// <summary>Its state directory.</summary>
    public string StateDirectory { get; }

    /// <summary>A program with its arguments that starts the agent, such as one that gives it another user. The default is none.</summary>
    public IReadOnlyList<string> StartedBy { get; set; } = [];

    /// <summary>What it has printed since its last start.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>Its process id.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException($"Agent {Name} is not running.");

    /// <summary>Whether it runs now.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Enrolls it; what the command printed.</summary>
    public Task<CommandResult> TryEnrollAsync(string controller, string token, params string[] options) =>
        OneShot.RunAsync(Binaries.Agent, ["enroll", "--controller", controller, "--token", token, "--name", Name, "--state", StateDirectory, .. options]);

    /// <summary>Enrolls it.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task EnrollAsync(string controller, string token, params string[] options)
    {
        var result = await TryEnrollAsync(controller, token, options);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"Agent {Name} did not enroll: {result}");
    }

    /// <summary>Starts it.</summary>
    public void Start()
    {
        string[] command = [.. StartedBy, Binaries.Agent, "run", "--state", StateDirectory, .. _options];
        _process = ChildProcess.Start($"fleet-agent {Name}", command[0], command[1..]);
    }

    /// <summary>Kills it as a crash would.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Asks it to end.</summary>
    public Task<int> StopAsync() => _process!.StopAsync();

    /// <summary>Sends it a signal: 19 stops it without closing its connection, 18 lets it go on.</summary>
    public void Signal(int number) => _process!.Signal(number);

    /// <summary>Waits until it has ended by itself.</summary>
    public Task<int> WaitAsync(TimeSpan limit) => _process!.WaitAsync(limit);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        // Its tasks would outlive a killed agent: ask first.
        if (!_process.HasExited)
        {
            Signal(18);
            Signal(15);
            try
            {
                await _process.WaitAsync(TimeSpan.FromSeconds(10));
            }
            catch (TimeoutException)
            {
                // Disposing kills it.
            }
        }

        await _process.DisposeAsync();
    }
}
