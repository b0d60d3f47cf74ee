using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>A call over its whole life on the server: what its handler sees of it, and how it ends.</summary>
internal sealed class ServerCall : ServerCallContext, IDisposable
{
    private const int Http2Cancel = 8;
    private const int Http2InternalError = 2;

    private readonly IMethod _method;
    private readonly CallSettings _settings;
    private readonly Lock _timerGate = new();
    private CancellationTokenSource? _cancellation;
    private DeadlineTimer? _timer;
    private TaskCompletionSource? _deadlinePassed;
    private DateTime _deadline = DateTime.MaxValue;
    private Metadata? _requestHeaders;
    private Metadata? _trailers;
    private AuthContext? _authContext;
    private bool _headersWritten;
    private bool _gzip;
    private bool _disposed;

    public ServerCall(HttpContext http, IMethod method, CallSettings settings)
    {
        Http = http;
        _method = method;
        _settings = settings;
        Requests = new RequestReader(
            http.Request.BodyReader,
            new MessageDecoder(http.Request.Headers[GrpcHeaders.Encoding], settings.Options.MaxReceiveMessageSize));
        Responses = new ResponseWriter(this, http.Response.BodyWriter, settings.Options.MaxSendMessageSize);
    }

    public static Status DeadlineStatus { get; } = new(StatusCode.DeadlineExceeded, "The deadline has passed.");

    public HttpContext Http { get; }

    public RequestReader Requests { get; }

    public ResponseWriter Responses { get; }

    /// <summary>Completes when the deadline passes; null where there is none.</summary>
    public Task? DeadlinePassed => _deadlinePassed?.Task;

    public bool IsDeadlinePassed { get; private set; }

    /// <summary>Reads the request's head. Where that forbids the call, ends it and returns false.</summary>
    public bool TryBegin()
    {
        Http.Response.ContentType = GrpcHeaders.ContentType;
        string? encoding = Http.Request.Headers[GrpcHeaders.Encoding];
        if (!MessageEncodings.IsKnown(encoding))
        {
            Http.Response.Headers[GrpcHeaders.AcceptEncoding] = MessageEncodings.Accepted;
            End(new Status(StatusCode.Unimplemented, $"The encoding '{encoding}' is not supported."));
            return false;
        }

        string? header = Http.Request.Headers[GrpcHeaders.Timeout];
        if (header is not null && !TryArm(header))
        {
            End(new Status(StatusCode.Internal, $"The grpc-timeout '{header}' is malformed."));
            return false;
        }

        if (_settings.Options.ResponseCompressionAlgorithm == MessageEncodings.Gzip)
            AskForGzip();

        return true;
    }

    /// <summary>Readies the response's head for a message; tells whether that is to be compressed.</summary>
    public bool PrepareResponse(WriteOptions? options) =>
        _gzip && (((options ?? WriteOptions)?.Flags ?? WriteFlags.None) & WriteFlags.NoCompress) == 0;

    /// <summary>Ends the call with a status unless it has ended.</summary>
    public void End(Status status)
    {
        if (!Responses.TryEnd(out _) || Http.RequestAborted.IsCancellationRequested)
            return;

        if (status.StatusCode != StatusCode.OK)
            ServerLog.CallFailed(_settings.Logger, _method.FullName, status.StatusCode, status.Detail);

        if (Responses.IsBroken)
            Reset(Http2InternalError);
        else
            WriteEnd(status);
    }

    /// <summary>Ends the call because its deadline has passed, though its handler may still be at work.</summary>
    public async Task EndByDeadlineAsync()
    {
        if (!Responses.TryEnd(out var isWriting) || Http.RequestAborted.IsCancellationRequested)
            return;

        // A client that takes no data would not take a status either.
        if (isWriting || Responses.IsBroken)
        {
            Reset(Http2Cancel);
            return;
        }

        WriteEnd(DeadlineStatus);
        await Http.Response.CompleteAsync();
    }

    public void Dispose()
    {
        lock (_timerGate)
            _disposed = true;

        _timer?.Dispose();
        _cancellation?.Dispose();
    }

    protected override string MethodCore => _method.FullName;

    protected override string HostCore => Http.Request.Host.Value ?? "";

    protected override string PeerCore => PeerIdentity.AddressOf(Http.Connection);

    protected override DateTime DeadlineCore => _deadline;

    protected override CancellationToken CancellationTokenCore => _cancellation?.Token ?? Http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _trailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= PeerIdentity.ContextOf(Http.Connection.ClientCertificate);

    protected override Metadata RequestHeadersCore
    {
        get
        {
            if (_requestHeaders is not null)
                return _requestHeaders;

            var headers = new Metadata();
            foreach (var (name, values) in Http.Request.Headers)
            {
                if (GrpcHeaders.IsReserved(name))
                    continue;

                foreach (var value in values)
                    BinaryHeader.AddReceived(headers, name, value ?? "");
            }

            return _requestHeaders = headers;
        }
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (_headersWritten || Http.Response.HasStarted)
            throw new InvalidOperationException("The response's headers have been sent already.");

        _headersWritten = true;
        if (responseHeaders.GetValue(GrpcHeaders.EncodingRequest) == MessageEncodings.Gzip)
            AskForGzip();

        ResponseHead.WriteMetadata(Http.Response.Headers, responseHeaders);
        await Http.Response.BodyWriter.FlushAsync(CancellationToken);
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Contexts are not propagated; pass Deadline and CancellationToken on.");

    private bool TryArm(string header)
    {
        if (!GrpcTimeout.TryParse(header, out var timeout))
            return false;

        var now = _settings.Time.GetUtcNow().UtcDateTime;
        _deadline = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        _deadlinePassed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(Http.RequestAborted);
        _timer = new DeadlineTimer(_settings.Time, timeout, OnDeadline);
        return true;
    }

    private void OnDeadline()
    {
        // Kestrel uses the pipe again for another call: a late timer must not touch it.
        lock (_timerGate)
        {
            if (_disposed)
                return;

            IsDeadlinePassed = true;
            Requests.Cancel();
        }

        _deadlinePassed!.TrySetResult();
        try
        {
            _cancellation!.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended at this very moment.
        }
    }

    private void AskForGzip()
    {
        if (_gzip || !MessageEncodings.AllowsGzip(Http.Request.Headers[GrpcHeaders.AcceptEncoding]))
            return;

        _gzip = true;
        Http.Response.Headers[GrpcHeaders.Encoding] = MessageEncodings.Gzip;
    }

    private void WriteEnd(Status status)
    {
        // Nothing sent and nothing about to be: one frame of headers says it all.
        var target = Http.Response.HasStarted || Responses.HasWritten
            ? Http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : Http.Response.Headers;
        try
        {
            if (_trailers is not null)
                ResponseHead.WriteMetadata(target, _trailers);
        }
        catch (InvalidOperationException unsendable)
        {
            status = new Status(StatusCode.Internal, unsendable.Message);
        }

        ResponseHead.WriteStatus(target, status);
    }

    private void Reset(int errorCode)
    {
        if (Http.Features.Get<IHttpResetFeature>() is { } reset)
            reset.Reset(errorCode);
        else
            Http.Abort();
    }
}
