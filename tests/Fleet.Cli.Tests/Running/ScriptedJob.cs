using System.Threading.Channels;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Tests.Running;

/// <summary>A controller with one job, whose log is written by the test while it is followed.</summary>
internal sealed class ScriptedJob : CallInvoker
{
    private readonly Channel<JobEvent> _log = Channel.CreateUnbounded<JobEvent>();

    /// <summary>Jobs that were cancelled.</summary>
    public List<string> Cancelled { get; } = [];

    public void Say(params JobEvent[] events) => Array.ForEach(events, happened => _log.Writer.TryWrite(happened).ShouldBeTrue());

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        new((IAsyncStreamReader<TResponse>)(object)new Log(_log.Reader), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Cancelled.Add(((CancelJobRequest)(object)request).Id);
        return new(Task.FromResult((TResponse)(object)new Job()), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException();

    private sealed class Log(ChannelReader<JobEvent> events) : IAsyncStreamReader<JobEvent>
    {
        public JobEvent Current { get; private set; } = null!;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            Current = await events.ReadAsync(cancellationToken);
            return true;
        }
    }
}
