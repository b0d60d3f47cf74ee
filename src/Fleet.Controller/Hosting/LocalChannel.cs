using System.Net.Sockets;
using Fleet.Protocol.Calls;
using Grpc.Net.Client;

namespace Fleet.Controller.Hosting;

/// <summary>The way from a local command to the controller that runs.</summary>
internal static class LocalChannel
{
    /// <summary>Connects; null where no controller answers on the socket.</summary>
    public static async Task<GrpcChannel?> TryOpenAsync(string socketPath, CancellationToken cancellationToken)
    {
        if (!File.Exists(socketPath))
            return null;
        try
        {
            (await ConnectAsync(socketPath, cancellationToken)).Dispose();
        }
        catch (SocketException)
        {
            return null;
        }

        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, token) => await ConnectAsync(socketPath, token),
        };
        return LinkChannel.Open(new Uri("http://localhost"), handler);
    }

    private static async Task<NetworkStream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
