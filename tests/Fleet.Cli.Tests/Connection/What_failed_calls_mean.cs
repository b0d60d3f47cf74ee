using Fleet.Cli.Connection;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Grpc.Core;

namespace Fleet.Cli.Tests.Connection;

public sealed class What_failed_calls_mean
{
    [Fact]
    public void A_controller_that_says_nothing_does_not_answer_and_nothing_was_cancelled()
    {
        var failure = new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled.", new TaskCanceledException()));

        Explain(failure).Message.ShouldBe("the controller at fleet:7443 does not answer");
        Explain(failure).ExitCode.ShouldBe(ExitCode.NoController);
    }

    [Fact]
    public void A_controller_that_has_no_room_is_no_fault_of_the_command_line()
    {
        var full = Explain(new RpcException(new Status(StatusCode.ResourceExhausted, "the controller's disk is full: nothing was stored")));

        full.ExitCode.ShouldBe(ExitCode.NoController);
        full.Message.ShouldBe("the controller's disk is full: nothing was stored");
    }

    [Fact]
    public void A_proxy_that_failed_is_told_with_what_helps_also_where_time_ran_out()
    {
        var cause = new ProxyException(HttpRequestError.ConnectionError, "the proxy http://ann@proxy:1 did not lead on", "check it", new TaskCanceledException("", new TimeoutException()));
        var failure = new RpcException(new Status(StatusCode.Unavailable, "Error starting gRPC call.", cause));

        Explain(failure).Message.ShouldBe("the proxy http://ann@proxy:1 did not lead on\n  check it");
        Explain(failure).ExitCode.ShouldBe(ExitCode.NoController);
        CallFailures.IsPassing(failure).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null, "log in again: fleet login ...")]
    [InlineData(IdentityRefusal.Unknown, "if the controller's store is being restored, wait; if it is lost, log in again: fleet login ...")]
    [InlineData(IdentityRefusal.NotYetValid, "set the controller's clock, or this machine's; logging in again does not help")]
    [InlineData("of a later version", "log in again: fleet login ...")]
    public void Whoever_is_not_accepted_is_told_what_helps(string? refusal, string hint)
    {
        Metadata trailers = refusal is null ? [] : new Metadata { { IdentityRefusal.Trailer, refusal } };

        var explained = Explain(new RpcException(new Status(StatusCode.Unauthenticated, "why"), trailers));

        explained.Message.ShouldBe($"why\n  {hint}");
        explained.ExitCode.ShouldBe(ExitCode.NoController);
    }

    private static CommandFailure Explain(RpcException failure) => CallFailures.Explain(failure, "fleet:7443", null);
}
