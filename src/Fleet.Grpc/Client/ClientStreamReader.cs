using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>A client's incoming messages.</summary>
internal sealed class ClientStreamReader<TRequest, TResponse>(ClientCall<TRequest, TResponse> call) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private TResponse? _current;
    private int _reading;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message.");

    /// <summary>The call this reads from.</summary>
    internal ClientCall<TRequest, TResponse> Call => call;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _reading, 1) == 1)
            throw new InvalidOperationException("The previous read is still in progress.");

        try
        {
            _current = null;
            using var cancels = cancellationToken.UnsafeRegister(
                static state => ((ClientCall<TRequest, TResponse>)state!).Cancel("The caller cancelled a read."), call);
            var (found, message) = await call.ReadAsync();
            _current = message;
            if (found)
                return true;

            return call.Outcome!.Status.StatusCode == StatusCode.OK ? false : throw call.Outcome.ToException(call);
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }
}
