using System.Globalization;
using Fleet.Grpc.Tests.Hosting;

namespace Fleet.Grpc.Tests.Interop;

/// <summary>grpcio's client against our server.</summary>
public sealed class ForeignClientTests
{
    public static TheoryData<string, Transport> Cases()
    {
        var cases = new TheoryData<string, Transport>();
        foreach (var name in InteropCases.Everywhere.Concat(InteropCases.Compressed))
        {
            cases.Add(name, Transport.H2c);
            cases.Add(name, Transport.Tls);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Grpcio_as_the_client_and_our_server_play(string name, Transport transport)
    {
        using var files = new CertificateFiles();
        await using var server = await InteropHost.StartAsync(transport);
        using var client = await Python.StartAsync(
            "interop_client.py",
            server.Port.ToString(CultureInfo.InvariantCulture),
            transport == Transport.Tls ? files.Certificate : "-",
            name);
        var errors = await client.StandardError.ReadToEndAsync().WaitAsync(Limits.Step);
        await client.WaitForExitAsync().WaitAsync(Limits.Step);
        client.ExitCode.ShouldBe(0, errors);
    }
}
