using System.Diagnostics;

namespace Fleet.Grpc.Tests.Interop;

/// <summary>Debian's python3 with its gRPC: the foreign end of the interop tests.</summary>
internal static class Python
{
    public const string Interpreter = "/usr/bin/python3";

    /// <summary>Starts a script that lies beside the tests.</summary>
    public static Process Start(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, ["-B", Path.Combine(AppContext.BaseDirectory, "Interop", script), .. arguments])
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
