using System.Runtime.Versioning;
using Fleet.Controller.Hosting;
using Fleet.Controller.Hosting.Commands;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Hosting;

[UnsupportedOSPlatform("windows")]
public sealed class LocalSocketTests(TestController controller) : IClassFixture<TestController>
{
    [Fact]
    public void Only_its_owner_reaches_the_socket() =>
        File.GetUnixFileMode(new DataDirectory(controller.Options.Data).SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

    [Fact]
    public async Task While_a_controller_runs_tokens_are_asked_of_it()
    {
        await using var desk = await LocalTokens.OpenAsync(controller.Options, CancellationToken.None).WaitAsync(TimeLimit.Default);
        var request = new V1.CreateTokenRequest { Kind = V1.TokenKind.Operator, Role = "viewer", LifetimeMs = 60_000, MaxUses = 1, Note = "from the socket" };

        var reply = await desk.CreateAsync(request, CancellationToken.None).WaitAsync(TimeLimit.Default);

        reply.Secret.ShouldStartWith("fleet1.o.");
        var stored = (await controller.Store.Tokens.ListAsync(CancellationToken.None)).ShouldHaveSingleItem();
        stored.Note.ShouldBe("from the socket");
        stored.CreatedBy.ShouldContain("local-uid-");
        await desk.RevokeAsync(stored.Id, CancellationToken.None).WaitAsync(TimeLimit.Default);
        (await desk.ListAsync(all: false, CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeEmpty();
    }
}
