using Fleet.Controller.Enrollment;
using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol.Identity;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Enrollment;

public sealed class TokenTimeTests(TestController controller) : IClassFixture<TestController>
{
    [Fact]
    public async Task Wrong_tokens_of_an_address_keep_no_right_one_out_and_an_expired_token_lets_nobody_in()
    {
        // 1. Wrong secrets, until they are refused for being too many; from the same address a good token is let in all the same.
        var good = await controller.TokenAsync(TokenKind.Agent, uses: 2);
        JoinToken.TryParse(good, out var token, out _).ShouldBeTrue();
        var wrong = (token! with { Secret = new byte[32] }).ToText();
        for (var i = 0; i < GuessLimiter.Allowance; i++)
            (await RefusedAsync(wrong)).StatusCode.ShouldBe(StatusCode.PermissionDenied);
        var tooMany = await RefusedAsync(wrong);
        tooMany.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        tooMany.Status.Detail.ShouldContain("does not know the join token");
        tooMany.Status.Detail.ShouldContain("too many wrong ones");
        (await EnrollAsync(good)).Name.ShouldBe("late");

        // 2. Up to the token's end.
        controller.Time.Advance(TimeSpan.FromMinutes(61));
        var expired = await RefusedAsync(good);
        expired.StatusCode.ShouldBe(StatusCode.PermissionDenied);
        expired.Status.Detail.ShouldContain("has expired");
    }

    private Task<RpcException> RefusedAsync(string token) => Should.ThrowAsync<RpcException>(EnrollAsync(token));

    private async Task<V1.EnrollAgentReply> EnrollAsync(string token)
    {
        using var key = SigningRequest.NewKey();
        var request = new V1.EnrollAgentRequest
        {
            Token = token, EnrollmentId = "enrollment-1", Name = "late", Csr = ByteString.CopyFrom(SigningRequest.Create(key, "x")),
        };
        return await new V1.Enrollment.EnrollmentClient(controller.Connect()).EnrollAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default);
    }
}
