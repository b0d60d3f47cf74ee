namespace Fleet.Harness;

/// <summary>An operator's own configuration directory, and the CLI run with it.</summary>
public sealed class OperatorSeat
{
    private readonly string _directory;

    /// <param name="directory">Where the CLI keeps contexts and key.</param>
    public OperatorSeat(string directory) => _directory = directory;

    /// <summary>The environment with which the CLI finds this operator's contexts.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["FLEET_CONFIG_DIR"] = _directory };

    /// <summary>Logs in; what the command printed.</summary>
    public Task<CommandResult> TryLoginAsync(string controller, string token, string name = "admin") =>
        RunAsync("login", "--controller", controller, "--token", token, "--name", name);

    /// <summary>Logs in.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task LoginAsync(string controller, string token, string name = "admin")
    {
        var result = await TryLoginAsync(controller, token, name);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"Login failed: {result}");
    }

    /// <summary>Runs `fleet` to its end.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => OneShot.RunAsync(Binaries.Cli, arguments, Environment);

    /// <summary>Runs `fleet` with something on its standard input.</summary>
    public Task<CommandResult> RunWithInputAsync(string input, params string[] arguments) =>
        OneShot.RunAsync(Binaries.Cli, arguments, Environment, input);

    /// <summary>Starts `fleet` and lets it run.</summary>
    public ChildProcess Start(params string[] arguments) => ChildProcess.Start("fleet", Binaries.Cli, arguments, Environment);
}
