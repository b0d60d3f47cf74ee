using Fleet.Grpc.Tests.Hosting;

namespace Fleet.Grpc.Tests.Interop;

/// <summary>Our client against our server.</summary>
public sealed class OwnServerTests
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
    public async Task Our_client_and_our_server_play(string name, Transport transport)
    {
        await using var server = await InteropHost.StartAsync(transport);
        using var channel = server.CreateChannel();
        await new InteropCases(channel).RunAsync(name);
    }
}
