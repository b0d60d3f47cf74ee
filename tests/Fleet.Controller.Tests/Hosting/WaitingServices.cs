using Fleet.Controller.Identity;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Hosting;

/// <summary>A job that says one word and then never ends by itself.</summary>
internal sealed class WaitingJobs : V1.Jobs.JobsBase
{
    public override async Task WatchJob(V1.WatchJobRequest request, IServerStreamWriter<V1.JobEvent> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(new V1.JobEvent(), context.CancellationToken);
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }

    /// <summary>An answer larger than what a client takes that does not read.</summary>
    public override Task<V1.ListJobsReply> ListJobs(V1.ListJobsRequest request, ServerCallContext context) =>
        Task.FromResult(new V1.ListJobsReply { NextPageToken = new string('x', 1 << 20) });
}

/// <summary>A link that says welcome to its agent, with the serial of the certificate that it showed, and goodbye when the agent is revoked.</summary>
internal sealed class WaitingLink : V1.AgentLink.AgentLinkBase
{
    public override async Task Connect(
        IAsyncStreamReader<V1.AgentMessage> requestStream, IServerStreamWriter<V1.ControllerMessage> responseStream, ServerCallContext context)
    {
        var caller = context.GetCaller();
        var welcome = new V1.Welcome { SessionId = caller.ToString(), ControllerVersion = context.GetCertificateSerial() };
        await responseStream.WriteAsync(new V1.ControllerMessage { Welcome = welcome }, context.CancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, caller.Revoked);
        await Task.Delay(Timeout.Infinite, either.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (caller.Revoked.IsCancellationRequested)
            await responseStream.WriteAsync(new V1.ControllerMessage { Goodbye = new V1.Goodbye { Cause = V1.Goodbye.Types.Cause.Revoked } }, CancellationToken.None);
    }
}
