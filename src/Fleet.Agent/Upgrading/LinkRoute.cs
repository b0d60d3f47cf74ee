using Grpc.Net.Client;

namespace Fleet.Agent.Upgrading;

/// <summary>The connection that the present link is on, for calls beside it.</summary>
internal sealed class LinkRoute
{
    private volatile GrpcChannel? _channel;

    /// <summary>Null while there is no link.</summary>
    public GrpcChannel? Channel
    {
        get => _channel;
        set => _channel = value;
    }
}
