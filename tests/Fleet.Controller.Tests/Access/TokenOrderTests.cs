using Fleet.Controller.Access;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Access;

public sealed class TokenOrderTests
{
    [Fact]
    public void A_sound_order_is_read()
    {
        var (order, fault) = TokenMessages.ToOrder(Sound());
        fault.ShouldBeNull();
        order!.Life.ShouldBe(TimeSpan.FromHours(1));
        order.Labels["role"].ShouldBe("web");
    }

    [Theory]
    [InlineData("kind")]
    [InlineData("role")]
    [InlineData("life")]
    [InlineData("uses")]
    [InlineData("label")]
    [InlineData("note")]
    public void Every_field_out_of_range_is_named(string field)
    {
        var request = Sound();
        Action damage = field switch
        {
            "kind" => () => request.Kind = V1.TokenKind.Unspecified,
            "role" => () => request.Role = "root",
            "life" => () => request.LifetimeMs = long.MaxValue,
            "uses" => () => request.MaxUses = 100_001,
            "label" => () => request.Labels["Not A Key"] = "x",
            _ => () => request.Note = "two\nlines",
        };
        damage();

        var (order, fault) = TokenMessages.ToOrder(request);

        order.ShouldBeNull();
        fault.ShouldNotBeNull().ShouldContain(field switch { "role" => "\"root\"", "life" => "life", "uses" => "times", _ => field });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void A_token_must_live(long lifetimeMs)
    {
        var request = Sound();
        request.LifetimeMs = lifetimeMs;
        TokenMessages.ToOrder(request).Order.ShouldBeNull();
    }

    private static V1.CreateTokenRequest Sound() =>
        new() { Kind = V1.TokenKind.Agent, LifetimeMs = 3_600_000, MaxUses = 1, Labels = { ["role"] = "web" } };
}
