using System.Security.Cryptography;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Controller.Artifacts;

/// <summary>Takes an artifact that an operator brings: into a file beside the others, which is kept if it is what its head says.</summary>
internal sealed class ArtifactIntake(ArtifactStore shelf, TimeProvider time)
{
    /// <summary>Takes it.</summary>
    /// <exception cref="RpcException">It is not what it is said to be.</exception>
    public async Task<AgentArtifact> TakeAsync(IAsyncStreamReader<PutArtifactRequest> parts, CancellationToken cancellationToken)
    {
        if (!await parts.MoveNext(cancellationToken) || parts.Current.Head is not { } head)
            throw Bad("the first message must be the head");
        if (Fault(head) is { Length: > 0 } fault)
            throw Bad(fault);

        // 1. Into a file that nobody takes for an artifact.
        var sha256 = Convert.ToHexStringLower(head.Sha256.Span);
        if (shelf.All().FirstOrDefault(a => a.Sha256 == sha256 && a.Version == head.Version) is { } known)
            return known;
        TryRemoveLeftovers();
        var file = Path.Combine(Directory.CreateDirectory(shelf.Brought).FullName, $"{Guid.NewGuid():n}{Suffix}");
        try
        {
            var digest = await WriteAsync(parts, file, (long)head.SizeBytes, cancellationToken);

            // 2. Is it what was announced?
            if (Convert.ToHexStringLower(digest) != sha256)
                throw Bad($"sha256: the content's is {Convert.ToHexStringLower(digest)}");
            return shelf.Take(file, head.Version, await ArchitectureAsync(file, head.Architecture, cancellationToken), sha256);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private const string Suffix = ".incoming";
    private static readonly TimeSpan s_leftBehind = TimeSpan.FromHours(1);

    private static async Task<byte[]> WriteAsync(IAsyncStreamReader<PutArtifactRequest> parts, string path, long size, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        while (await parts.MoveNext(cancellationToken))
        {
            var data = parts.Current.Data;
            if (parts.Current.PartCase != PutArtifactRequest.PartOneofCase.Data || data.Length > Limits.ChunkBytes)
                throw Bad($"after the head come pieces of at most {Limits.ChunkBytes} bytes");
            if (file.Length + data.Length > size)
                throw Bad($"size_bytes: more than {size} bytes came");
            hash.AppendData(data.Span);
            await file.WriteAsync(data.Memory, cancellationToken);
        }

        if (file.Length != size)
            throw Bad($"size_bytes: {size} given, {file.Length} came");
        file.Flush(flushToDisk: true);
        return hash.GetHashAndReset();
    }

    private static string Fault(Artifact head) =>
        !ArtifactNames.IsVersion(head.Version) ? "version: letters, digits and . + ~ - _ expected, a digit first"
        : head.Sha256.Length != SHA256.HashSizeInBytes ? "sha256: 32 bytes expected"
        : head.SizeBytes is 0 or > Limits.ArtifactBytes ? $"size_bytes: {head.SizeBytes} given, 1 to {Limits.ArtifactBytes} allowed"
        : "";

    // The program tells, where it is one. Who sends it need not know.
    private static async Task<string> ArchitectureAsync(string file, string said, CancellationToken cancellationToken)
    {
        var read = await ArtifactProgram.ReadArchitectureAsync(file, cancellationToken);
        var architecture = read ?? (said.Length > 0 ? said : Architectures.X86);
        if (said.Length > 0 && architecture != said)
            throw Bad($"architecture: it is to be an agent for {said}, and the program in it is for {architecture}");
        return Architectures.OfAgents.Contains(architecture)
            ? architecture
            : throw Bad($"architecture: {architecture}; there are agents for {string.Join(" and ", Architectures.OfAgents)}");
    }

    // Of a controller that was killed meanwhile. What is under way now is younger.
    private void TryRemoveLeftovers()
    {
        if (!Directory.Exists(shelf.Brought))
            return;
        foreach (var left in new DirectoryInfo(shelf.Brought).GetFiles("*" + Suffix).Where(left => time.GetUtcNow() - left.LastWriteTimeUtc > s_leftBehind))
            left.Delete();
    }

    private static RpcException Bad(string fault) => new(new Status(StatusCode.InvalidArgument, fault));
}
