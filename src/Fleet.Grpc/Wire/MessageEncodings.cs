using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The message encodings that both ends know: <c>identity</c> and <c>gzip</c>.</summary>
internal static class MessageEncodings
{
    public const string Identity = "identity";
    public const string Gzip = "gzip";
    public const string Accepted = "identity,gzip";

    public static bool IsKnown(string? encoding) => encoding is null or "" or Identity or Gzip;

    /// <summary>Whether a peer's <c>grpc-accept-encoding</c> names gzip.</summary>
    public static bool AllowsGzip(string? acceptEncoding)
    {
        foreach (var range in acceptEncoding.AsSpan().Split(','))
        {
            if (acceptEncoding.AsSpan()[range].Trim().Equals(Gzip, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>Inflates a message, and stops as soon as it exceeds the limit: a small bomb costs no more than a large message.</summary>
    public static PooledBuffer Inflate(ReadOnlySequence<byte> payload, int? maxBytes)
    {
        var limit = maxBytes ?? Array.MaxLength;
        var inflated = new PooledBuffer(limit);
        var packed = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        try
        {
            payload.CopyTo(packed);
            using var gzip = new GZipStream(new MemoryStream(packed, 0, (int)payload.Length), CompressionMode.Decompress);
            while (true)
            {
                var read = gzip.Read(inflated.GetSpan());
                if (read == 0)
                    return inflated;

                inflated.Advance(read);
            }
        }
        catch (Exception failure)
        {
            inflated.Dispose();
            if (failure is InvalidDataException)
                throw new RpcException(new Status(StatusCode.Internal, "The message's gzip data is corrupt.", failure));

            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }
}
