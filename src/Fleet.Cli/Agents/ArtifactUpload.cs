using System.Security.Cryptography;
using Fleet.Cli.Connection;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Cli.Agents;

/// <summary>A file on its way to the controller, a piece at a time.</summary>
internal sealed class ArtifactUpload
{
    private ArtifactUpload(string path, Artifact head) => (Path, Head) = (path, head);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What it is.</summary>
    public Artifact Head { get; }

    /// <summary>Reads a file once, for its digest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="version">What it is said to be.</param>
    /// <param name="architecture">The same; empty leaves it to the controller to find out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ArtifactUpload> OpenAsync(string path, string version, string architecture, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        if (file.Length is 0 or > Limits.ArtifactBytes)
            throw CommandFailure.Usage($"{path} has {file.Length} bytes", $"an artifact has 1 to {Limits.ArtifactBytes}");
        var digest = await SHA256.HashDataAsync(file, cancellationToken);
        return new ArtifactUpload(path, new Artifact
        {
            Version = version, Architecture = architecture, Sha256 = ByteString.CopyFrom(digest), SizeBytes = (ulong)file.Length,
        });
    }

    /// <summary>Sends it; the controller checks the digest again.</summary>
    public async Task<Artifact> SendAsync(FleetClient client, CancellationToken cancellationToken)
    {
        using var call = client.Artifacts.PutArtifact(cancellationToken: cancellationToken);
        await using var file = File.OpenRead(Path);
        var buffer = new byte[Limits.ChunkBytes];
        var isWanted = await TrySendAsync(call.RequestStream, new PutArtifactRequest { Head = Head }, cancellationToken);
        int count;
        while (isWanted && (count = await file.ReadAsync(buffer, cancellationToken)) > 0)
            isWanted = await TrySendAsync(call.RequestStream, new PutArtifactRequest { Data = ByteString.CopyFrom(buffer, 0, count) }, cancellationToken);
        if (isWanted)
            await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    // False: the controller has answered already, with what it thinks of it, or because it has it.
    private static async Task<bool> TrySendAsync(IClientStreamWriter<PutArtifactRequest> requests, PutArtifactRequest part, CancellationToken cancellationToken)
    {
        try
        {
            await requests.WriteAsync(part, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or HttpRequestException or IOException)
        {
            return false;
        }
    }
}
