using System.Net;
using System.Net.Sockets;
using Fleet.Harness;

namespace Fleet.EndToEnd.Proxies;

/// <summary>A program of Debian's between Fleet and its controller, on a port of its own; it can be killed and started again.</summary>
internal sealed class RealProxy : IAsyncDisposable
{
    private readonly string _program;
    private readonly string[] _arguments;
    private ChildProcess? _process;

    private RealProxy(string scheme, int port, string program, params string[] arguments)
    {
        (Url, Port, _program, _arguments) = ($"{scheme}://{User}@127.0.0.1:{port}", port, program, arguments);
    }

    /// <summary>The user that it lets in.</summary>
    public const string User = "ann";

    /// <summary>The user's password.</summary>
    public const string Password = "hunter2_secret";

    /// <summary>Its address, without the password.</summary>
    public string Url { get; }

    /// <summary>Its address, with the password.</summary>
    public string UrlWithPassword => Url.Replace("@", $":{Password}@", StringComparison.Ordinal);

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>What it has printed since its last start.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>An HTTP proxy with Basic credentials that allows CONNECT to one port.</summary>
    public static RealProxy Tinyproxy(string directory, int allowed)
    {
        var port = FreePort();
        var file = Path.Combine(directory, $"tinyproxy-{port}.conf");
        File.WriteAllText(file, $"""
            Port {port}
            Listen 127.0.0.1
            Timeout 600
            MaxClients 100
            ConnectPort {allowed}
            BasicAuth {User} {Password}
            LogLevel Connect

            """);
        return new RealProxy("http", port, "tinyproxy", "-d", "-c", file);
    }

    /// <summary>A SOCKS5 proxy that asks for a user name and a password.</summary>
    public static RealProxy Microsocks()
    {
        var port = FreePort();
        return new RealProxy("socks5", port, "microsocks", "-i", "127.0.0.1", "-p", $"{port}", "-u", User, "-P", Password);
    }

    /// <summary>haproxy with a configuration that listens on <paramref name="port"/>.</summary>
    public static RealProxy Haproxy(string file, int port) => new("tcp", port, "haproxy", "-db", "-f", file);

    /// <summary>A port that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts it and waits until its port answers.</summary>
    public async Task StartAsync()
    {
        // What ended with it keeps the port for a while; programs that do not take it over then are started once more.
        var ended = "";
        await Patience.UntilAsync($"{_program} listens", async () =>
        {
            if (_process is null or { HasExited: true })
            {
                ended = Output;
                await DisposeAsync();
                _process = ChildProcess.Start(_program, _program, _arguments);
            }

            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(90), () => ended + Output);
    }

    /// <summary>Kills it as a crash would.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }
}
