using System.Buffers.Binary;
using Fleet.Controller.Identity;
using Fleet.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Fleet.Controller.Hosting;

/// <summary>
/// Whoever reaches the local socket is an admin: its mode lets only the controller's own user and root in, and they could
/// read the trust roots' keys anyway. The user id of the other end is noted for the log.
/// </summary>
internal static class LocalCaller
{
    // SOL_SOCKET and SO_PEERCRED on Linux; the answer is struct ucred { pid, uid, gid } (socket(7), unix(7)).
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>A step in the path of each local connection.</summary>
    public static ConnectionDelegate Identify(ConnectionDelegate next) => connection =>
    {
        var caller = new CallerIdentity.Operator("o-local", $"local-uid-{UserId(connection)}", OperatorRole.Admin);
        connection.Features.Set(new ConnectionCaller(caller));
        return next(connection);
    };

    private static string UserId(ConnectionContext connection)
    {
        if (!OperatingSystem.IsLinux() || connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
            return "unknown";
        Span<byte> credentials = stackalloc byte[12];
        return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == credentials.Length
            ? BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]).ToString(System.Globalization.CultureInfo.InvariantCulture)
            : "unknown";
    }
}
