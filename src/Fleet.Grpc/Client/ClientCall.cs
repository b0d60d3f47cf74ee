using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>
/// One call from its start to its outcome. The outcome is set exactly once, by whichever comes first: the response's end,
/// an error, the deadline, the caller's token or disposal.
/// </summary>
internal sealed class ClientCall<TRequest, TResponse> : CallHandle, IRequestEncoder<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcChannel _channel;
    private readonly string? _host;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<CallOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _callerCancels;
    private DeadlineTimer? _deadline;
    private Task<HttpResponseMessage?> _started = Task.FromResult<HttpResponseMessage?>(null);
    private HttpResponseMessage? _response;
    private ResponseReader? _reader;
    private Metadata? _headers;
    private CallOutcome? _outcome;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        _channel = channel;
        _host = host;
        Method = method;
        Options = options;
        CompressRequests = options.Headers?.GetValue(GrpcHeaders.EncodingRequest) == MessageEncodings.Gzip;
    }

    public Method<TRequest, TResponse> Method { get; }

    public CallOptions Options { get; }

    public bool CompressRequests { get; }

    /// <summary>Fires when the call has ended before its response did.</summary>
    public CancellationToken Stopped => _stop.Token;

    public CallOutcome? Outcome => Volatile.Read(ref _outcome);

    /// <summary>Whether the last response came compressed.</summary>
    public bool LastResponseWasCompressed => _reader?.LastWasCompressed ?? false;

    public void Start(HttpContent content)
    {
        _channel.Register(this);
        _started = SendAsync(content);
    }

    /// <summary>The only response of a call that has one.</summary>
    public async Task<TResponse> SingleResponseAsync()
    {
        var (found, message) = await ReadAsync();
        if (found && (await ReadAsync()).Found)
            Finish(new Status(StatusCode.Internal, "The server sent more than the one response of this method."));

        var outcome = Outcome!;
        if (outcome.Status.StatusCode != StatusCode.OK)
            throw outcome.ToException(this);

        if (!found)
            throw new RpcException(new Status(StatusCode.Internal, "The server reported success without a response."), outcome.Trailers);

        return message!;
    }

    /// <summary>The next response. Where there is none the call has ended and <see cref="Outcome" /> says how.</summary>
    public async ValueTask<(bool Found, TResponse? Message)> ReadAsync()
    {
        try
        {
            if (await _started is not { } response || Outcome is not null)
                return default;

            _reader ??= new ResponseReader(await response.Content.ReadAsStreamAsync(Stopped), CreateDecoder(response));
            var next = await _reader.ReadAsync(Method.ResponseMarshaller.ContextualDeserializer, Stopped);
            if (next.Found)
                return next;

            Finish(ResponseHead.StatusOf(response.TrailingHeaders.NonValidated), ResponseHead.MetadataOf(response.TrailingHeaders.NonValidated));
        }
        catch (Exception failure)
        {
            Fail(failure);
        }

        return default;
    }

    public void Encode(TRequest message, OutgoingMessage target, WriteOptions? options)
    {
        var flags = (options ?? Options.WriteOptions)?.Flags ?? WriteFlags.None;
        var compress = CompressRequests && (flags & WriteFlags.NoCompress) == 0;
        target.Fill(message, Method.RequestMarshaller.ContextualSerializer, compress);
    }

    public OutgoingMessage CreateOutgoing() => new(_channel.MaxSendMessageSize);

    public RpcException OutcomeException() => Outcome!.ToRpcException();

    /// <summary>
    /// Why a write failed. The transport only says that the stream is gone; the reason is in the response, which this waits
    /// for within a limit, as it may be read by the call's reader at this moment or never.
    /// </summary>
    public async Task<Exception> ExplainFailedWriteAsync(Exception failure)
    {
        try
        {
            await Task.WhenAny(_started, _ended.Task);
            var outcome = await _ended.Task.WaitAsync(TimeSpan.FromSeconds(1), _channel.Time);
            return outcome.Status.StatusCode == StatusCode.OK
                ? new InvalidOperationException("The message cannot be sent: the server has ended the call.", failure)
                : outcome.ToException(this);
        }
        catch (TimeoutException)
        {
            return new RpcException(FailureMapping.StatusOf(failure));
        }
    }

    public void Cancel(string reason) => Finish(new Status(StatusCode.Cancelled, reason));

    public override async Task<Metadata> GetHeadersAsync()
    {
        var response = await _started;
        if (response is null && Outcome is { Status.StatusCode: not StatusCode.OK } outcome)
            throw outcome.ToException(this);

        return _headers ?? Metadata.Empty;
    }

    public override Status GetStatus() => (Outcome ?? throw NotEnded()).Status;

    public override Metadata GetTrailers() => (Outcome ?? throw NotEnded()).Trailers;

    public override void Dispose() => Cancel("The call was disposed of.");

    public Exception ToException(CallOutcome outcome)
    {
        var failure = outcome.ToRpcException();
        var ownDoing = outcome.Status.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded && outcome.IsLocal;
        return _channel.ThrowOperationCanceled && ownDoing
            ? new OperationCanceledException(outcome.Status.Detail, failure, Options.CancellationToken)
            : failure;
    }

    private async Task<HttpResponseMessage?> SendAsync(HttpContent content)
    {
        try
        {
            if (!TryArm(out var timeout))
                return null;

            var request = RequestHead.Create(_channel.Address, Method, _host, Options.Headers, timeout, CompressRequests);
            request.Content = content;
            content.Headers.TryAddWithoutValidation("content-type", GrpcHeaders.ContentType);
            var response = await _channel.Invoker.SendAsync(request, Stopped);
            Volatile.Write(ref _response, response);
            _headers = ResponseHead.MetadataOf(response.Headers.NonValidated);
            if (ResponseHead.TryGetOutcome(response, out var outcome))
            {
                Finish(outcome);
                return null;
            }

            // Finish may have looked for a response to dispose of just before there was one.
            if (Outcome is null)
                return response;

            response.Dispose();
            return null;
        }
        catch (Exception failure)
        {
            Fail((content as IFailingContent)?.Failure ?? failure);
            return null;
        }
    }

    // Arms what can end the call early; false where it already has.
    private bool TryArm(out TimeSpan? timeout)
    {
        timeout = null;
        var token = Options.CancellationToken;
        if (token.IsCancellationRequested)
        {
            Cancel("The call was cancelled before it started.");
            return false;
        }

        if (Options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            if (deadline.Kind != DateTimeKind.Utc && deadline != DateTime.MinValue)
                throw new InvalidOperationException("A deadline must be in UTC.");

            timeout = deadline - _channel.Time.GetUtcNow().UtcDateTime;
            if (timeout <= TimeSpan.Zero)
            {
                Finish(DeadlinePassed);
                return false;
            }

            _deadline = new DeadlineTimer(_channel.Time, timeout.Value, () => Finish(DeadlinePassed));
        }

        _callerCancels = token.UnsafeRegister(
            static call => ((ClientCall<TRequest, TResponse>)call!).Cancel("The caller cancelled the call."), this);
        return true;
    }

    private static Status DeadlinePassed => new(StatusCode.DeadlineExceeded, "The deadline has passed.");

    private MessageDecoder CreateDecoder(HttpResponseMessage response) =>
        new(ResponseHead.EncodingOf(response), _channel.MaxReceiveMessageSize);

    private void Fail(Exception failure) => Finish(FailureMapping.StatusOf(failure));

    private void Finish(Status status) => Finish(new CallOutcome(status, Metadata.Empty, IsLocal: true));

    private void Finish(Status status, Metadata trailers) => Finish(new CallOutcome(status, trailers, IsLocal: false));

    private void Finish(CallOutcome outcome)
    {
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is not null)
            return;

        _deadline?.Dispose();
        _callerCancels.Unregister();
        _channel.Unregister(this);
        _ended.TrySetResult(outcome);

        // Resets the stream where the response has not ended, and frees a request content that waits for messages.
        _stop.Cancel();
        Volatile.Read(ref _response)?.Dispose();
        if (outcome.Status.StatusCode != StatusCode.OK)
            ClientLog.CallFailed(_channel.Logger, Method.FullName, outcome.Status.StatusCode, outcome.Status.Detail);
    }

    private static InvalidOperationException NotEnded() => new("The call has not ended; read its response to the end first.");
}
