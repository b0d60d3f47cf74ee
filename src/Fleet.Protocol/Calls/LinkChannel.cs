using Fleet.Protocol.Identity;
using Grpc.Net.Client;

namespace Fleet.Protocol.Calls;

/// <summary>Opens the gRPC channels that all of Fleet's clients use: Fleet's limits, and nothing of the library's that these do not bound.</summary>
public static class LinkChannel
{
    /// <summary>A channel to a controller; nothing is connected yet.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="handler">The way there, with a callback that connects (see <see cref="LinkHandler.ConnectAsync"/>).</param>
    /// <param name="ownsHandler">Whether the handler ends with the channel.</param>
    public static GrpcChannel Open(Uri address, SocketsHttpHandler handler, bool ownsHandler = true)
    {
        ArgumentNullException.ThrowIfNull(handler.ConnectCallback);
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = ProxyFailures.Around(handler),
            DisposeHttpClient = ownsHandler,
            MaxReceiveMessageSize = Limits.MessageBytes,
            MaxSendMessageSize = Limits.MessageBytes,
            // The library inflates a message to whatever size it has. No controller compresses.
            CompressionProviders = [],
            DisableResolverServiceConfig = true,
        });
    }
}
