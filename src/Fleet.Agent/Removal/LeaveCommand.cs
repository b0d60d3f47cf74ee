using Fleet.Agent.Identity;
using Fleet.Agent.Link;
using Fleet.Protocol.Calls;
using Fleet.Protocol.V1;
using Grpc.Core;
using Enrolment = Fleet.Agent.Identity.Enrolment;

namespace Fleet.Agent.Removal;

/// <summary><c>fleet-agent leave</c>: tells the controller that this host goes, and forgets the identity. Removing the package does it.</summary>
internal static class LeaveCommand
{
    // Removing a package must not hang on a controller that is away.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Leaves; returns the exit code. The caller holds the state directory.</summary>
    public static async Task<int> RunAsync(
        Enrolment enrolment, string stateDirectory, ILinkDialer dialer, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = dialer.Dial();
            var call = new AgentLink.AgentLinkClient(connection.Channel)
                .LeaveAsync(new LeaveRequest(), deadline: (time.GetUtcNow() + s_patience).UtcDateTime, cancellationToken: cancellationToken);
            try
            {
                await call;
                output.WriteLine($"{enrolment.Name} has left the fleet of {enrolment.Controller}.");
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                output.WriteLine($"The controller at {enrolment.Controller} does not know {enrolment.Name} any more.");
            }
            catch (RpcException e)
            {
                var why = connection.ServerRefusal() ?? e.Reason();
                return Fail(output, enrolment, $"the controller at {enrolment.Way} was not told: {why}");
            }

            new IdentityStore(stateDirectory).Forget();
            new EnrolmentFile(stateDirectory).Remove();
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(output, enrolment, e.Message);
        }
    }

    private static int Fail(TextWriter output, Enrolment enrolment, string message)
    {
        output.WriteLine($"fleet-agent: {message}");
        output.WriteLine($"  an operator takes it out with: fleet agents remove {enrolment.Name}");
        return 1;
    }
}
