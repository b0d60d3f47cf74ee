using System.Security.Cryptography;
using Fleet.Protocol.Calls;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fleet.Agent.Upgrading;

/// <summary>
/// Fetches an artifact over the link's connection, piece by piece into a file, and goes on from where it was after a cut. What the
/// stream carries is bounded by HTTP/2's own window: no more than that is ever in memory.
/// </summary>
internal sealed class ArtifactFetch(LinkRoute route, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    /// <summary>Fetches until the file is whole and right.</summary>
    /// <param name="order">What to fetch.</param>
    /// <param name="part">The file; it may hold the beginning already.</param>
    /// <param name="cancellationToken">Ends it; what is there stays.</param>
    /// <returns>How often it went on in the middle.</returns>
    /// <exception cref="UpgradeException">It cannot be had, or is not what was ordered.</exception>
    public async Task<int> FetchAsync(UpgradeOrder order, string part, CancellationToken cancellationToken)
    {
        // What an earlier process left may have lost its content in a power cut, though not its length.
        var isOld = File.Exists(part);
        while (true)
        {
            var resumed = await FillAsync(order, part, cancellationToken);
            var digest = await DigestAsync(part, cancellationToken);
            if (digest.AsSpan().SequenceEqual(order.Sha256))
                return resumed;
            File.Delete(part);
            if (!isOld)
                throw new UpgradeException($"the artifact's SHA-256 is {Convert.ToHexStringLower(digest)}, and not what was ordered");
            isOld = false;
        }
    }

    private async Task<int> FillAsync(UpgradeOrder order, string part, CancellationToken cancellationToken)
    {
        var resumed = 0;
        while (true)
        {
            var length = File.Exists(part) ? new FileInfo(part).Length : 0;
            if (length == order.Bytes)
                return resumed;
            if (length > order.Bytes)
                File.Delete(part);
            if (route.Channel is { } channel)
            {
                var isWorthMore = await TryGoOnAsync(channel, order, part, cancellationToken);
                resumed += length > 0 && new FileInfo(part).Length > length ? 1 : 0;
                if (isWorthMore)
                    continue;
            }

            // Agents that were sent off together come back one by one.
            await Task.Delay(s_pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
        }
    }

    /// <summary>False where it is worth another try, after a pause.</summary>
    private static async Task<bool> TryGoOnAsync(GrpcChannel channel, UpgradeOrder order, string part, CancellationToken cancellationToken)
    {
        await using var file = Open(part);
        var before = file.Length;
        try
        {
            var request = new FetchArtifactRequest { Sha256 = ByteString.CopyFrom(order.Sha256), Offset = (ulong)file.Length };
            using var call = new Artifacts.ArtifactsClient(channel).FetchArtifact(request, cancellationToken: cancellationToken);
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                var chunk = call.ResponseStream.Current;
                if (chunk.Offset != (ulong)file.Length || file.Length + chunk.Data.Length > order.Bytes)
                    throw new UpgradeException("the controller sent the artifact out of order, or more of it than was announced");
                Write(file, chunk.Data.Span);
            }

            // A controller that ends it early, and says that all is well, is not asked again without a pause.
            return file.Length > before;
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            return e.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument or StatusCode.Unimplemented or StatusCode.PermissionDenied
                ? throw new UpgradeException($"the artifact cannot be had: {e.Reason()}")
                : false;
        }
        catch (Exception e) when (e is ObjectDisposedException or HttpRequestException)
        {
            // The link broke and took its connection along.
            return false;
        }
    }

    private static FileStream Open(string part)
    {
        try
        {
            return new FileStream(part, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpgradeException($"the artifact cannot be kept: {e.Message}");
        }
    }

    private static void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException e)
        {
            throw new UpgradeException($"the artifact cannot be kept: {e.Message}");
        }
    }

    private static async Task<byte[]> DigestAsync(string part, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(part);
            return await SHA256.HashDataAsync(file, cancellationToken);
        }
        catch (IOException e)
        {
            throw new UpgradeException($"{part} cannot be read: {e.Message}");
        }
    }
}
