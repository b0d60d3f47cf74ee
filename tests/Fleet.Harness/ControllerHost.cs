using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Fleet.Harness;

/// <summary>A controller on a port of this machine, with its own data directory; it can be killed and started again.</summary>
public sealed partial class ControllerHost : IAsyncDisposable
{
    private readonly string _directory;
    private readonly string[] _options;
    private ChildProcess? _process;

    /// <param name="directory">Its data directory.</param>
    /// <param name="options">Further options of `fleet-controller run`.</param>
    public ControllerHost(string directory, params string[] options)
    {
        _directory = directory;
        _options = options;
        Port = FreePort();
    }

    /// <summary>The address it listens on. The default is 127.0.0.1.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>Variables of its environment besides those of the tests.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; set; }

    /// <summary>What it is started by, such as <c>prlimit -n1024</c>. The default is nothing.</summary>
    public IReadOnlyList<string> Wrapper { get; set; } = [];

    /// <summary>Its port; one that is free unless given.</summary>
    public int Port { get; init; }

    /// <summary>host:port.</summary>
    public string Address => $"{Listen}:{Port}";

    /// <summary>Its data directory.</summary>
    public string DataDirectory => _directory;

    /// <summary>What it has printed since its last start.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>Its process id.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The controller is not running.");

    // Those of its options that are settings: `init` takes them too, and some, such as the kind of store, concern it.
    private IEnumerable<string> Settings => _options.Zip(_options.Skip(1)).Where(pair => pair.First == "--set").SelectMany(pair => new[] { pair.First, pair.Second });

    /// <summary>Creates the trust roots and the first operator; the token that lets the administrator in.</summary>
    public async Task<string> InitAsync()
    {
        var result = await OneShot.RunAsync(Binaries.Controller, ["init", "--data", _directory, "--listen", Address, "--advertise", Address, .. Settings]);
        var token = AdminToken().Match(result.Stdout);
        if (result.ExitCode != 0 || !token.Success)
            throw new InvalidOperationException($"fleet-controller init failed: {result}");
        return token.Value;
    }

    /// <summary>Starts it and waits until its port answers.</summary>
    public async Task StartAsync()
    {
        string[] command = [.. Wrapper, Binaries.Controller, "run", "--data", _directory, "--listen", Address, "--advertise", Address, .. _options];
        _process = ChildProcess.Start("fleet-controller", command[0], command[1..], Environment);
        await Patience.UntilAsync("the controller's port answers", AnswersAsync, TimeSpan.FromSeconds(30), () => _process.Output);
    }

    /// <summary>Runs it where it is expected to end by itself; what it printed.</summary>
    public Task<CommandResult> RunToEndAsync(params string[] options) =>
        OneShot.RunAsync(Binaries.Controller, ["run", "--data", _directory, "--listen", Address, "--advertise", Address, .. _options, .. options], Environment);

    /// <summary>Kills it as a crash would.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Asks it to end.</summary>
    public Task<int> StopAsync() => _process!.StopAsync();

    /// <summary>Runs another command of `fleet-controller` on this machine, to its end.</summary>
    public static Task<CommandResult> CommandAsync(params string[] arguments) => OneShot.RunAsync(Binaries.Controller, arguments);

    /// <summary>Sends it a signal.</summary>
    public void Signal(int number) => _process!.Signal(number);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited)
            throw new InvalidOperationException($"The controller ended at once:\n{_process.Output}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Listen, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"fleet1\.o\.[A-Za-z0-9._-]+")]
    private static partial Regex AdminToken();
}
