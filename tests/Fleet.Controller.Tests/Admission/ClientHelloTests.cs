using System.Buffers;
using Fleet.Controller.Admission;

namespace Fleet.Controller.Tests.Admission;

public sealed class ClientHelloTests
{
    [Theory]
    [InlineData("", ClientHello.Incomplete)]
    [InlineData("16", ClientHello.Incomplete)]
    [InlineData("1603010005AABB", ClientHello.Incomplete)]
    [InlineData("1603010002AABB", ClientHello.Whole)]
    [InlineData("1603010002AABBCC", ClientHello.Whole)]
    [InlineData("474554", ClientHello.NotTls)]
    [InlineData("1602", ClientHello.NotTls)]
    [InlineData("160301FFFF", ClientHello.NotTls)]
    public void A_client_hello_is_told_by_its_record(string hex, object expected) =>
        ClientHellos.Look(new ReadOnlySequence<byte>(Convert.FromHexString(hex))).ShouldBe((ClientHello)expected);
}
