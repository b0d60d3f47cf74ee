using System.Globalization;
using Fleet.Grpc.Tests.Hosting;

namespace Fleet.Grpc.Tests.Interop;

/// <summary>grpcio's client against our server.</summary>
public sealed class ForeignClientTests
{
    [ToolTheory("python3-grpcio", "python3-protobuf")]
    [InlineData(Transport.H2c)]
    [InlineData(Transport.Tls)]
    public async Task Grpcio_as_the_client_plays_every_case_with_our_server(Transport transport)
    {
        string[] names = [.. InteropCases.Everywhere, .. InteropCases.Compressed];
        using var files = new CertificateFiles();
        await using var server = await InteropHost.StartAsync(transport);
        var port = server.Port.ToString(CultureInfo.InvariantCulture);
        using var client = Python.Start(
            "interop_client.py", [port, transport == Transport.Tls ? files.Certificate : "-", .. names]);
        var errors = client.StandardError.ReadToEndAsync();
        var lines = await client.StandardOutput.ReadToEndAsync().WaitAsync(Limits.Step);
        await client.WaitForExitAsync().WaitAsync(Limits.Step);

        lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(names.Select(name => $"passed {name}"), customMessage: await errors.WaitAsync(Limits.Step));
    }
}
