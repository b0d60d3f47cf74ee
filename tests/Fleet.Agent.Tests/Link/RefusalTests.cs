using Fleet.Agent.Link;
using Fleet.Protocol.Identity;
using Grpc.Core;

namespace Fleet.Agent.Tests.Link;

/// <summary>An agent whose identity is good, and a controller that does not accept it at present.</summary>
public sealed class RefusalTests : IDisposable
{
    // A refusal that stays is not tried again within any test.
    private static readonly LinkOptions s_options = new() { PassingRetry = TimeSpan.FromMilliseconds(20), SlowRetry = TimeSpan.FromDays(1) };
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(IdentityRefusal.Unknown)]
    [InlineData(IdentityRefusal.NotYetValid)]
    public async Task It_comes_back_by_itself_once_the_right_store_or_the_right_clock_is_back(string refusal)
    {
        await using var controller = await ScriptedController.StartAsync();
        await using var agent = new LinkedAgent(_directory.Path, new PlainDialer(controller.Address), options: s_options);
        for (var times = 0; times < 3; times++)
        {
            (await controller.NextLinkAsync()).Refuse(new RpcException(
                new Status(StatusCode.Unauthenticated, "not at present"), new Metadata { { IdentityRefusal.Trailer, refusal } }));
        }

        await (await controller.NextLinkAsync()).WelcomeAsync();
    }
}
