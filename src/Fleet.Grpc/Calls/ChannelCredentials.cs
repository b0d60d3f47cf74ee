namespace Grpc.Core;

/// <summary>Whether a channel uses TLS. How it does is the HTTP handler's affair.</summary>
public sealed class ChannelCredentials
{
    private ChannelCredentials()
    {
    }

    /// <summary>No TLS; the address must be <c>http</c>.</summary>
    public static ChannelCredentials Insecure { get; } = new();

    /// <summary>TLS; the address must be <c>https</c>.</summary>
    public static ChannelCredentials SecureSsl { get; } = new();
}
