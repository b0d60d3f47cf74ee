using System.Globalization;
using Fleet.Grpc.Tests.Hosting;
using Grpc.Net.Client;

namespace Fleet.Grpc.Tests.Interop;

/// <summary>Our client against grpcio's server.</summary>
public sealed class ForeignServerTests
{
    // grpcio's handlers cannot see whether a request was compressed, so those two cases are played with it as the client.
    private static readonly string[] Names =
        [.. InteropCases.Everywhere, "server_compressed_unary", "server_compressed_streaming"];

    [ToolTheory("python3-grpcio", "python3-protobuf")]
    [InlineData(Transport.H2c)]
    [InlineData(Transport.Tls)]
    public async Task Our_client_plays_every_case_with_grpcio_as_the_server(Transport transport)
    {
        using var files = new CertificateFiles();
        using var server = transport == Transport.Tls
            ? Python.Start("interop_server.py", files.Certificate, files.Key)
            : Python.Start("interop_server.py");
        var line = await server.StandardOutput.ReadLineAsync().WaitAsync(Limits.Step);
        line.ShouldNotBeNull(await ErrorsAsync(line, server));
        var port = int.Parse(line, CultureInfo.InvariantCulture);
        try
        {
            var scheme = transport == Transport.Tls ? "https" : "http";
            using var channel = GrpcChannel.ForAddress(
                $"{scheme}://localhost:{port}", new GrpcChannelOptions { HttpHandler = TestServer.CreateHandler(), DisposeHttpClient = true });
            foreach (var name in Names)
                await PlayAsync(channel, name);
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync().WaitAsync(Limits.Step);
        }
    }

    private static async Task PlayAsync(GrpcChannel channel, string name)
    {
        try
        {
            await new InteropCases(channel).RunAsync(name);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"The case {name} failed.", failure);
        }
    }

    private static async Task<string> ErrorsAsync(string? line, System.Diagnostics.Process server) =>
        line is null ? await server.StandardError.ReadToEndAsync().WaitAsync(Limits.Step) : "";
}
