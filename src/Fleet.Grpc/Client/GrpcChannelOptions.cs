using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>Options of a <see cref="GrpcChannel" />.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>
    /// The transport. The default is null: a <see cref="SocketsHttpHandler" /> of the channel's own, without keep-alive pings.
    /// Set <see cref="SocketsHttpHandler.KeepAlivePingDelay" /> and <see cref="SocketsHttpHandler.KeepAlivePingTimeout" /> on
    /// a handler of yours where a silent peer must be noticed.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether disposing the channel disposes <see cref="HttpHandler" /> too. The default is false.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>The largest message to receive, in bytes, compressed or not; null means no limit. The default is 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest message to send, in bytes before compression; null means no limit. The default is null.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Whether TLS is wanted, to be checked against the address. The default is null: as the address says.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>Where the channel logs to. The default is null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>
    /// Whether a call that its own token cancelled, or whose deadline passed, throws <see cref="OperationCanceledException" />
    /// in place of <see cref="RpcException" />. The default is false.
    /// </summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    internal TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
