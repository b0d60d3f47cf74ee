using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Cli.Tests.Terminal;

/// <summary>A controller that answers every call with <see cref="FilledMessages"/>, or refuses every one with the text.</summary>
/// <param name="text">The text.</param>
/// <param name="turn">See <see cref="FilledMessages"/>.</param>
/// <param name="isSearch">Whether jobs are log searches.</param>
/// <param name="refusal">How it refuses; null: it answers.</param>
internal sealed class FilledController(string text, int turn, bool isSearch, StatusCode? refusal) : CallInvoker
{
    private const string Host = "web1";
    private readonly FilledMessages _filled = new(text, turn);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        new(Task.FromResult(Answer<TResponse>()), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var answers = typeof(TResponse) == typeof(JobEvent) ? [.. Log().Cast<TResponse>()] : new List<TResponse> { Answer<TResponse>() };
        return new(new ListReader<TResponse>(answers), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException();

    private TResponse Answer<TResponse>()
    {
        if (refusal is { } code)
            throw new RpcException(new Status(code, text));
        var answer = (IMessage)(object)Activator.CreateInstance<TResponse>()!;
        _filled.Fill(answer);
        if (answer is Job job)
            job.Spec = Spec();
        return (TResponse)answer;
    }

    /// <summary>One host's task of one job from its beginning to its end; how it ends changes with the turn.</summary>
    private IEnumerable<JobEvent> Log()
    {
        if (refusal is { } code)
            throw new RpcException(new Status(code, text));
        var job = _filled.Of<Job>();
        job.Spec = Spec();
        yield return new JobEvent { Job = job };
        yield return new JobEvent { Tasks = new TaskList { Tasks = { new TaskInfo { Ordinal = 1, AgentName = Host } } } };
        yield return Of(1, new JobEvent { Dispatched = new TaskDispatched() });
        yield return Of(2, new JobEvent { Started = new TaskStarted() });
        yield return Of(3, new JobEvent { Output = new OutputChunk { Stream = OutputStream.Stdout, Offset = 7, Data = isSearch ? Results() : ByteString.CopyFromUtf8(text) } });
        yield return Of(4, new JobEvent { Output = new OutputChunk { Stream = OutputStream.Stderr, Data = ByteString.CopyFromUtf8(text) } });
        var step = _filled.Of<StepEnded>();
        step.Step = 0;
        yield return Of(5, new JobEvent { StepEnded = step });
        var ended = _filled.Of<TaskEnded>();
        ended.State = turn % 2 == 0 ? TaskState.Failed : TaskState.Rejected;
        yield return Of(6, new JobEvent { Ended = ended });
        yield return new JobEvent { JobEnded = new JobEnded { Job = job } };
    }

    private static JobEvent Of(ulong seq, JobEvent happened)
    {
        (happened.Seq, happened.Ordinal) = (seq, 1);
        return happened;
    }

    private ByteString Spec() => isSearch
        ? new TaskSpec { Steps = { new Step { SearchLogs = new SearchLogs { Output = (LogOutput)(turn % 5), Patterns = { _filled.Of<LogPattern>() } } } } }.ToByteString()
        : new TaskSpec { Steps = { _filled.Of<Step>(), _filled.Of<Step>() } }.ToByteString();

    private ByteString Results()
    {
        using var bytes = new MemoryStream();
        for (var i = 0; i < FilledMessages.Turns; i++)
            new FilledMessages(text, i).Of<LogResult>().WriteDelimitedTo(bytes);
        return ByteString.CopyFrom(bytes.ToArray());
    }

    private sealed class ListReader<T>(IReadOnlyList<T> answers) : IAsyncStreamReader<T>
    {
        private int _next;

        public T Current => answers[_next - 1];

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(_next++ < answers.Count);
    }
}
