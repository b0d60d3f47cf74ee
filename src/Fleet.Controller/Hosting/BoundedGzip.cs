using System.IO.Compression;
using Fleet.Protocol;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Fleet.Controller.Hosting;

/// <summary>
/// gzip for requests of foreign clients. The library inflates a message to whatever size it has, before it asks who calls: here that ends
/// at the size that a message may have.
/// </summary>
internal sealed class BoundedGzip : ICompressionProvider
{
    /// <inheritdoc/>
    public string EncodingName => "gzip";

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        new GZipStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream) => new Inflating(new GZipStream(stream, CompressionMode.Decompress));

    private sealed class Inflating(GZipStream inner) : Stream
    {
        private long _left = Limits.MessageBytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            try
            {
                var count = inner.Read(buffer);
                _left -= count;
                return _left >= 0 ? count : throw new RpcException(new Status(StatusCode.ResourceExhausted, $"a message has more than {Limits.MessageBytes} bytes"));
            }
            catch (InvalidDataException)
            {
                throw new RpcException(new Status(StatusCode.Internal, "a message is not the gzip that it is said to be"));
            }
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
