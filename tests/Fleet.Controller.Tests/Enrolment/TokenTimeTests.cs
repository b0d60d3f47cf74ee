using Fleet.Controller.Enrolment;
using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol.Identity;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Enrolment;

public sealed class TokenTimeTests(TestController controller) : IClassFixture<TestController>
{
    [Fact]
    public async Task Who_guesses_tokens_must_wait_and_an_expired_token_lets_nobody_in()
    {
        // 1. Wrong secrets, until the address has to wait; even a good token must then.
        var good = await controller.TokenAsync(TokenKind.Agent);
        JoinToken.TryParse(good, out var token, out _).ShouldBeTrue();
        for (var i = 0; i < GuessLimiter.Allowance; i++)
        {
            var wrong = (token! with { Secret = new byte[32] }).ToText();
            (await RefusedAsync(wrong)).Status.Detail.ShouldContain("does not know the join token");
        }

        (await RefusedAsync(good)).StatusCode.ShouldBe(StatusCode.ResourceExhausted);

        // 2. Patience helps, up to the token's end.
        controller.Time.Advance(TimeSpan.FromMinutes(61));
        var expired = await RefusedAsync(good);
        expired.StatusCode.ShouldBe(StatusCode.PermissionDenied);
        expired.Status.Detail.ShouldContain("has expired");
    }

    private async Task<RpcException> RefusedAsync(string token)
    {
        using var key = SigningRequest.NewKey();
        var request = new V1.EnrolAgentRequest
        {
            Token = token, EnrolmentId = "enrolment-1", Name = "late", Csr = ByteString.CopyFrom(SigningRequest.Create(key, "x")),
        };
        return await Should.ThrowAsync<RpcException>(
            new V1.Enrolment.EnrolmentClient(controller.Connect()).EnrolAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default));
    }
}
