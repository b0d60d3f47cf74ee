using Fleet.Agent.Identity;
using Fleet.Agent.Link;
using Fleet.Protocol.Calls;
using Fleet.Protocol.V1;
using Grpc.Core;
using Enrollment = Fleet.Agent.Identity.Enrollment;

namespace Fleet.Agent.Removal;

/// <summary><c>fleet-agent leave</c>: tells the controller that this host goes, and forgets the identity. Removing the package does it.</summary>
internal static class LeaveCommand
{
    // Removing a package must not hang on a controller that is away.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Leaves; returns the exit code. The caller holds the state directory.</summary>
    public static async Task<int> RunAsync(
        Enrollment enrollment, string stateDirectory, ILinkDialer dialer, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = dialer.Dial();
            var call = new AgentLink.AgentLinkClient(connection.Channel)
                .LeaveAsync(new LeaveRequest(), deadline: (time.GetUtcNow() + s_patience).UtcDateTime, cancellationToken: cancellationToken);
            try
            {
                await call;
                output.WriteLine($"{enrollment.Name} has left the fleet of {enrollment.Controller}.");
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                output.WriteLine($"The controller at {enrollment.Controller} does not know {enrollment.Name} any more.");
            }
            catch (RpcException e)
            {
                var why = connection.ServerRefusal() ?? e.Reason();
                return Fail(output, enrollment, $"the controller at {enrollment.Way} could not be informed: {why}");
            }

            new IdentityStore(stateDirectory).Forget();
            new EnrollmentFile(stateDirectory).Remove();
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(output, enrollment, e.Message);
        }
    }

    private static int Fail(TextWriter output, Enrollment enrollment, string message)
    {
        output.WriteLine($"fleet-agent: {message}");
        output.WriteLine($"  an operator removes it with: fleet agents remove {enrollment.Name}");
        return 1;
    }
}
