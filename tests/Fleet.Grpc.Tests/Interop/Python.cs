using System.Diagnostics;

namespace Fleet.Grpc.Tests.Interop;

/// <summary>Debian's python3 with its gRPC: the foreign end of the interop tests.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    private static readonly Lazy<Task> Ready = new(EnsureGrpcAsync);

    /// <summary>Starts a script that lies beside the tests, once gRPC is there for it.</summary>
    public static async Task<Process> StartAsync(string script, params string[] arguments)
    {
        await Ready.Value;
        return Start(Interpreter, ["-B", Path.Combine(AppContext.BaseDirectory, "Interop", script), .. arguments]);
    }

    private static async Task EnsureGrpcAsync()
    {
        if (await RunAsync(Interpreter, TimeSpan.FromMinutes(1), "-c", "import grpc, google.protobuf") == 0)
            return;

        if (!Environment.IsPrivilegedProcess
            || await RunAsync("apt-get", TimeSpan.FromMinutes(5), "install", "-y", "-qq", "python3-grpcio", "python3-protobuf") != 0)
        {
            throw new InvalidOperationException(
                "The interop tests need /usr/bin/python3 with gRPC. Install it: apt-get install python3-grpcio python3-protobuf.");
        }
    }

    private static async Task<int> RunAsync(string file, TimeSpan limit, params string[] arguments)
    {
        try
        {
            using var process = Start(file, arguments);
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await Task.WhenAll(process.WaitForExitAsync(), output, errors).WaitAsync(limit);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    private static Process Start(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A proxy of the environment must not come between two ends on loopback.
        foreach (var name in new[] { "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "grpc_proxy" })
            start.Environment.Remove(name);

        return Process.Start(start)!;
    }
}
