using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;

namespace Fleet.Security.Client;

/// <summary>A connection on which single HTTP/2 frames are written, right or wrong (RFC 9113). It notes what becomes of each call.</summary>
internal sealed class RawHttp2 : IAsyncDisposable
{
    public const byte Data = 0, Headers = 1, Priority = 2, ResetStream = 3, Settings = 4, Ping = 6, WindowUpdate = 8, Continuation = 9;
    public const byte EndStream = 1, EndHeaders = 4;
    private const byte Acknowledge = 1;
    private const int HeaderBytes = 9;

    private readonly TcpClient _tcp;
    private readonly SslStream _tls;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<int, RawCall> _calls = [];
    private readonly Task _reading;

    private RawHttp2(TcpClient tcp, SslStream tls)
    {
        _tcp = tcp;
        _tls = tls;
        _reading = ReadAsync();
    }

    /// <summary>What has become of the calls of this connection that anything was heard of.</summary>
    public IReadOnlyList<RawCall> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls.Values];
        }
    }

    /// <summary>Connects and says that HTTP/2 is spoken.</summary>
    /// <param name="port">The controller's port on this machine.</param>
    /// <param name="certificate">With its key; null: none is shown.</param>
    /// <param name="settings">Identifiers and values; no header table in any case, so that header blocks can be read without one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RawHttp2> OpenAsync(int port, X509Certificate2? certificate, (ushort Id, uint Value)[] settings, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(port, certificate, cancellationToken);
        await connection.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), cancellationToken);
        await connection.WriteAsync(SettingsOf([(1, 0), .. settings]), cancellationToken);
        return connection;
    }

    /// <summary>Connects and says nothing yet.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "An attacker does not care whom he talks to.")]
    public static async Task<RawHttp2> ConnectAsync(int port, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        var tcp = new TcpClient();
        try
        {
            await tcp.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "x",
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ApplicationProtocols = [SslApplicationProtocol.Http2],
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
                    ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                },
                cancellationToken);
            return new RawHttp2(tcp, tls);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>Writes bytes as they are.</summary>
    public async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _tls.WriteAsync(bytes, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Opens a call with its only message.</summary>
    public Task CallAsync(int stream, string method, IMessage message, CancellationToken cancellationToken) => WriteAsync(
        [.. Frame(Headers, EndHeaders, stream, HeadersOf(method)), .. Frame(Data, EndStream, stream, Frames.Of(message))], cancellationToken);

    /// <summary>A frame, of whatever length it says that it has.</summary>
    public static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload, int? length = null)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        var size = length ?? payload.Length;
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(size >> 16), (byte)(size >> 8), (byte)size, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>A frame of settings.</summary>
    public static byte[] SettingsOf(params (ushort Id, uint Value)[] settings)
    {
        var payload = new byte[settings.Length * 6];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(i * 6), settings[i].Id);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan((i * 6) + 2), settings[i].Value);
        }

        return Frame(Settings, 0, 0, payload);
    }

    /// <summary>A header block for a call, without Huffman coding and without the dynamic table (RFC 7541).</summary>
    public static byte[] HeadersOf(string method)
    {
        using var block = new MemoryStream();
        block.WriteByte(0x83); // :method: POST
        block.WriteByte(0x87); // :scheme: https
        block.WriteByte(4); // :path
        Text(block, method);
        block.WriteByte(1); // :authority
        Text(block, "x");
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
        await _reading;
        await _tls.DisposeAsync();
        _writing.Dispose();
    }

    private static void Text(MemoryStream block, string value)
    {
        block.WriteByte((byte)value.Length);
        block.Write(Encoding.ASCII.GetBytes(value));
    }

    private async Task ReadAsync()
    {
        try
        {
            var header = new byte[HeaderBytes];
            while (await _tls.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes)
            {
                var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
                await _tls.ReadExactlyAsync(payload);
                var (type, flags) = (header[3], header[4]);
                if (type is Settings or Ping && (flags & Acknowledge) == 0)
                    await WriteAsync(Frame(type, Acknowledge, 0, type == Ping ? payload : []), CancellationToken.None);
                else if (type is Headers or Data or ResetStream)
                    Note(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), type, flags, payload);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // Cut, by either side.
        }
    }

    private void Note(int stream, byte type, byte flags, byte[] payload)
    {
        lock (_lock)
        {
            var call = _calls.GetValueOrDefault(stream, new RawCall(IsOver: false, null, 0));
            _calls[stream] = type switch
            {
                ResetStream => call with { IsOver = true },
                Data => call with { IsOver = (flags & EndStream) != 0, Bytes = call.Bytes + payload.Length },
                _ => call with { IsOver = (flags & EndStream) != 0, Status = StatusIn(payload) ?? call.Status },
            };
        }
    }

    // A literal without Huffman coding: the name, the length of the value, the value.
    private static int? StatusIn(ReadOnlySpan<byte> block)
    {
        var name = "grpc-status"u8;
        return block.IndexOf(name) is >= 0 and var at && Utf8Parser.TryParse(block.Slice(at + name.Length + 1, block[at + name.Length]), out int status, out _) ? status : null;
    }
}

/// <summary>What has become of a call.</summary>
/// <param name="IsOver">The response is whole, or was reset.</param>
/// <param name="Status">grpc-status where it came.</param>
/// <param name="Bytes">Bytes of the response's body that came.</param>
internal sealed record RawCall(bool IsOver, int? Status, long Bytes);
