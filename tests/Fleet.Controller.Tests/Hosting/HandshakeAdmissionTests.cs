using System.Net.Sockets;
using Fleet.Controller.Hosting;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Hosting;

public sealed class HandshakeAdmissionTests
{
    [Fact]
    public async Task A_slot_comes_back_after_the_handshake_and_from_whoever_never_finishes_one()
    {
        var controller = new TestController();
        controller.Options.Handshakes.AtOnce = 1;
        controller.Options.Handshakes.Timeout = TimeSpan.FromSeconds(1);
        await controller.InitializeAsync();
        try
        {
            // 1. The first connection stays open, and the second gets in.
            await CallAsync(controller);
            await CallAsync(controller);

            // 2. Somebody who connects and says nothing holds the one slot until the handshake's time is over.
            using var silent = new TcpClient();
            await silent.ConnectAsync(controller.Address.Host, controller.Address.Port).WaitAsync(TimeLimit.Default);
            await CallAsync(controller);

            controller.Get<HandshakeGate>().InProgress.ShouldBe(0);
            controller.Get<HandshakeGate>().Refused.ShouldBe(0);
        }
        finally
        {
            await controller.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_connection_that_finds_no_room_is_closed_at_once()
    {
        var controller = new TestController();
        controller.Options.Handshakes.PerSecond = 1;
        await controller.InitializeAsync();
        try
        {
            await CallAsync(controller);

            using var late = new TcpClient();
            (await IsTurnedAwayAsync(late, controller.Address)).ShouldBeTrue();

            controller.Get<HandshakeGate>().Refused.ShouldBe(1);
            controller.Time.Advance(TimeSpan.FromSeconds(1));
            await CallAsync(controller);
        }
        finally
        {
            await controller.DisposeAsync();
        }
    }

    private static async Task CallAsync(TestController controller) =>
        await new V1.Enrolment.EnrolmentClient(controller.Connect()).GetTrustAsync(new V1.GetTrustRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);

    // Depending on who is faster, the end comes while connecting or while reading.
    private static async Task<bool> IsTurnedAwayAsync(TcpClient client, Uri address)
    {
        try
        {
            await client.ConnectAsync(address.Host, address.Port).WaitAsync(TimeLimit.Default);
            return await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeLimit.Default) == 0;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return true;
        }
    }
}
