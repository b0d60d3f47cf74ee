using System.IO.Compression;

namespace Fleet.Grpc.Tests.Hosting;

internal static class Gzip
{
    public static byte[] Pack(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(data);

        return packed.ToArray();
    }
}
