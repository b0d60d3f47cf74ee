using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Grpc.Core;

namespace Fleet.Cli.Connection;

/// <summary>Turns what a call to the controller failed with into what its user reads. The one place where that is decided.</summary>
internal static class CallFailures
{
    /// <summary>How long a call that answers at once may take.</summary>
    public static DateTime Soon(TimeProvider time) => time.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(30);

    /// <summary>Maps a failed call.</summary>
    /// <param name="failure">What the call threw.</param>
    /// <param name="controller">host:port, for the message.</param>
    /// <param name="trust">Tells whether the server's certificate was refused.</param>
    public static CommandFailure Explain(RpcException failure, string controller, PinnedTrust? trust)
    {
        if (trust?.LastRefusal is { } refusal)
            return CommandFailure.Controller($"the server at {controller} is not this fleet's controller: {refusal}");
        var detail = failure.Reason();
        return failure.Code() switch
        {
            StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.AlreadyExists
                or StatusCode.OutOfRange => CommandFailure.Usage(detail),
            StatusCode.ResourceExhausted => CommandFailure.Controller(detail),
            StatusCode.Unauthenticated => CommandFailure.Controller(detail, HintFor(failure.Trailers.GetValue(IdentityRefusal.Trailer))),
            StatusCode.PermissionDenied => CommandFailure.Controller(detail),
            _ when failure.ProxyFailure() is { } proxy => CommandFailure.Controller(proxy.Message, proxy.Hint),
            // Nobody cancelled: whoever presses Ctrl-C is not told of failures.
            _ when failure.IsUnanswered() => CommandFailure.Controller($"the controller at {controller} does not answer"),
            StatusCode.Unavailable => CommandFailure.Controller($"the controller at {controller} cannot be reached: {failure.Cause()}"),
            StatusCode.DeadlineExceeded => CommandFailure.Controller($"the controller at {controller} did not answer in time"),
            StatusCode.Unimplemented => CommandFailure.Controller($"the controller at {controller} is too old for this command"),
            _ => CommandFailure.Controller($"the controller at {controller} answered {failure.StatusCode}: {detail}"),
        };
    }

    /// <summary>Whether trying again later makes sense.</summary>
    public static bool IsPassing(RpcException failure) =>
        failure.Code() is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Unknown;

    private static string HintFor(string? refusal) => refusal switch
    {
        IdentityRefusal.Unknown => "if the controller's store is being restored, wait; if it is lost, log in again: fleet login ...",
        IdentityRefusal.NotYetValid => "set the controller's clock, or this machine's; logging in again does not help",
        _ => "log in again: fleet login ...",
    };
}
