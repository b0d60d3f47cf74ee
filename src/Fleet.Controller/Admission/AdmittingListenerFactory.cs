using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fleet.Controller.Admission;

/// <summary>Makes Kestrel listen through <see cref="AdmittingListener"/>s: the TLS port counts connections, the socket of local commands does not.</summary>
internal sealed class AdmittingListenerFactory(ConnectionTable table, TimeProvider time, ILoggerFactory loggers) : IConnectionListenerFactory
{
    // Of the kernel: newcomers that are not accepted yet.
    private const int Backlog = 4096;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen(Backlog);
            var connections = new SocketConnectionContextFactory(
                new SocketConnectionFactoryOptions(), loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));
            return ValueTask.FromResult<IConnectionListener>(new AdmittingListener(
                socket, connections, endpoint is IPEndPoint ? table : null, time, loggers.CreateLogger<AdmittingListener>()));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(e.Message, e);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }
}
