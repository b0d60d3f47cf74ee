namespace Grpc.Core;

/// <summary>A call with one request and a stream of responses, in flight.</summary>
public sealed class AsyncServerStreamingCall<TResponse> : IDisposable
{
    private readonly CallHandle _call;

    /// <summary>Makes a call from its parts, for interceptors and tests.</summary>
    public AsyncServerStreamingCall(
        IAsyncStreamReader<TResponse> responseStream,
        Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc,
        Action disposeAction)
        : this(responseStream, CallHandle.From(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction))
    {
    }

    internal AsyncServerStreamingCall(IAsyncStreamReader<TResponse> responseStream, CallHandle call)
    {
        ResponseStream = responseStream;
        _call = call;
    }

    /// <summary>The responses.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>The response's headers, as soon as they are there.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.GetHeadersAsync();

    /// <summary>How the call ended. Throws while it has not.</summary>
    public Status GetStatus() => _call.GetStatus();

    /// <summary>The trailers. Throws while the call has not ended.</summary>
    public Metadata GetTrailers() => _call.GetTrailers();

    /// <summary>Cancels the call where it has not ended, and lets go of what it holds.</summary>
    public void Dispose() => _call.Dispose();
}
