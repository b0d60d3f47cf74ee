using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Fleet.Security.Strangers;

/// <summary>A connection on which single HTTP/2 frames are written, right or wrong. Nobody's certificate.</summary>
internal sealed class RawHttp2 : IAsyncDisposable
{
    public const byte Data = 0, Headers = 1, Priority = 2, ResetStream = 3, Settings = 4, Ping = 6, WindowUpdate = 8, Continuation = 9;
    private readonly TcpClient _tcp;
    private readonly SslStream _tls;
    private readonly Task _draining;

    private RawHttp2(TcpClient tcp, SslStream tls)
    {
        _tcp = tcp;
        _tls = tls;
        _draining = DrainAsync();
    }

    [SuppressMessage("Security", "CA5359", Justification = "An attacker does not care whom he talks to.")]
    public static async Task<RawHttp2> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "x", EnabledSslProtocols = SslProtocols.Tls13, ApplicationProtocols = [SslApplicationProtocol.Http2], RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
            cancellationToken);
        await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), cancellationToken);
        var connection = new RawHttp2(tcp, tls);
        await connection.WriteAsync(Frame(Settings, 0, 0, []), cancellationToken);
        return connection;
    }

    public ValueTask WriteAsync(byte[] bytes, CancellationToken cancellationToken) => _tls.WriteAsync(bytes, cancellationToken);

    /// <summary>RFC 9113, section 4.1.</summary>
    public static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload, int? length = null)
    {
        var frame = new byte[9 + payload.Length];
        var size = length ?? payload.Length;
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(size >> 16), (byte)(size >> 8), (byte)size, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    /// <summary>A header block for a call of GetTrust, without Huffman coding and without the dynamic table (RFC 7541).</summary>
    public static byte[] GetTrust()
    {
        using var block = new MemoryStream();
        block.WriteByte(0x83); // :method: POST
        block.WriteByte(0x87); // :scheme: https
        Literal(block, 4, "/fleet.v1.Enrolment/GetTrust"); // :path
        Literal(block, 1, "x"); // :authority
        block.WriteByte(0x0f); // content-type, index 31
        block.WriteByte(0x10);
        Text(block, "application/grpc");
        block.WriteByte(0x00);
        Text(block, "te");
        Text(block, "trailers");
        return block.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        _tcp.Close();
        await _draining;
        await _tls.DisposeAsync();
    }

    private static void Literal(MemoryStream block, byte index, string value)
    {
        block.WriteByte(index);
        Text(block, value);
    }

    private static void Text(MemoryStream block, string value)
    {
        block.WriteByte((byte)value.Length);
        block.Write(Encoding.ASCII.GetBytes(value));
    }

    private async Task DrainAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await _tls.ReadAsync(buffer) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // Cut, by either side.
        }
    }
}
