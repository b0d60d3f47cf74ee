using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Google.Protobuf;

namespace Fleet.Grpc.Tests.Wire;

public sealed class RequestFuzzTests
{
    [Fact]
    public async Task Mutated_requests_are_all_answered_with_a_status_and_the_server_lives_on()
    {
        var random = new Random(42);
        await using var server = await InteropHost.StartAsync(Transport.H2c);
        var unary = RawCall.Frame(new SimpleRequest { ResponseSize = 5, Payload = new Payload { Body = ByteString.CopyFrom(new byte[50]) } }.ToByteArray());
        var stream = RawCall.Frame(new StreamingOutputCallRequest { ResponseParameters = { new ResponseParameters { Size = 5 } } }.ToByteArray());
        for (var round = 0; round < 300; round++)
        {
            var (path, seed) = random.Next(2) == 0 ? (RawCall.Unary, unary) : (RawCall.Duplex, (byte[])[.. stream, .. stream]);
            var body = seed[..random.Next(seed.Length + 1)];
            for (var flips = random.Next(1, 5); flips > 0 && body.Length > 0; flips--)
                body[random.Next(Math.Min(body.Length, 16))] = (byte)random.Next(256);

            var reply = random.Next(3) == 0
                ? await RawCall.PostAsync(server, path, body, headers: ("grpc-encoding", "gzip"))
                : await RawCall.PostAsync(server, path, body);
            reply.GrpcStatus.ShouldNotBeNull($"round {round}: {Convert.ToHexString(body)}");
        }

        using var channel = server.CreateChannel();
        (await new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest { ResponseSize = 5 }).ResponseAsync.WaitAsync(Limits.Step))
            .Payload.Body.Length.ShouldBe(5);
    }
}
