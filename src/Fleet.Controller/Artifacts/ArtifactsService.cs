using Fleet.Controller.Hosting;
using System.Security.Cryptography;
using Fleet.Controller.Identity;
using Fleet.Hosting.Settings;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Controller.Artifacts;

/// <summary>Artifacts for operators, who choose and bring them, and for agents, which fetch them.</summary>
internal sealed partial class ArtifactsService(
    ArtifactStore shelf, ArtifactPlaces places, ArtifactIntake intake, Reloadable<ControllerOptions> options, TimeProvider time, ILogger<ArtifactsService> logger)
    : Protocol.V1.Artifacts.ArtifactsBase
{
    /// <inheritdoc/>
    public override Task<ListArtifactsReply> ListArtifacts(ListArtifactsRequest request, ServerCallContext context)
    {
        var reply = new ListArtifactsReply();
        reply.Artifacts.AddRange(Read().Where(a => request.Version.Length == 0 || a.Version == request.Version).Select(ToMessage));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override async Task<Artifact> PutArtifact(IAsyncStreamReader<PutArtifactRequest> requestStream, ServerCallContext context)
    {
        var artifact = await intake.TakeAsync(requestStream, context.CancellationToken);
        LogBrought(context.GetCaller(), artifact.Version, artifact.Architecture, artifact.Bytes, artifact.Sha256);
        return ToMessage(artifact);
    }

    /// <inheritdoc/>
    public override Task<Artifact> RemoveArtifact(RemoveArtifactRequest request, ServerCallContext context)
    {
        if (request.Sha256.Length != SHA256.HashSizeInBytes)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "sha256: 32 bytes expected"));
        var artifact = Find(request.Sha256);
        bool isRemoved;
        try
        {
            isRemoved = shelf.Remove(artifact.Sha256);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"the controller cannot remove {artifact.Path}: {e.Message}"));
        }

        if (!isRemoved)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"{artifact.FileName} was not uploaded: it is in {shelf.Directory} on the controller's host, remove it there"));
        LogRemoved(context.GetCaller(), artifact.Version, artifact.Architecture, artifact.Sha256);
        return Task.FromResult(ToMessage(artifact));
    }

    /// <inheritdoc/>
    public override async Task FetchArtifact(FetchArtifactRequest request, IServerStreamWriter<ArtifactChunk> responseStream, ServerCallContext context)
    {
        var artifact = Find(request.Sha256);
        if (request.Offset > (ulong)artifact.Bytes)
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"offset: {request.Offset} given, the artifact has {artifact.Bytes} bytes"));
        using var place = places.TryTake(context.GetCaller() is CallerIdentity.Agent agent ? agent.Id : "")
            ?? throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many agents fetch at once: come back"));

        // A buffer's worth at a time: who reads slowly makes this wait, and nothing pile up; who reads too slowly is cut off, and goes on
        // from there when it asks again.
        using var pace = new DownloadPace(() => options.Value.MinDownloadRate, time, context.GetHttpContext().Abort);
        await using var file = new FileStream(artifact.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
        file.Position = (long)request.Offset;
        var buffer = new byte[Limits.ChunkBytes];
        int count;
        while ((count = await file.ReadAsync(buffer, context.CancellationToken)) > 0)
        {
            var chunk = new ArtifactChunk { Offset = (ulong)(file.Position - count), Data = ByteString.CopyFrom(buffer, 0, count) };
            await responseStream.WriteAsync(chunk, context.CancellationToken);
            pace.Taken(count);
        }
    }

    private AgentArtifact Find(ByteString digest)
    {
        var sha256 = Convert.ToHexStringLower(digest.Span);
        return Read().FirstOrDefault(a => a.Sha256 == sha256)
            // Agents' `doctor` asks without a digest: it is told NotFound, as it expects.
            ?? throw new RpcException(new Status(
                StatusCode.NotFound, sha256.Length == 0 ? "no SHA-256 was given" : $"the controller has no artifact with the SHA-256 {sha256}"));
    }

    private IEnumerable<AgentArtifact> Read()
    {
        try
        {
            return [.. shelf.All()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"the controller cannot read its artifacts: {e.Message}"));
        }
    }

    private static Artifact ToMessage(AgentArtifact artifact) => new()
    {
        Version = artifact.Version,
        Sha256 = ByteString.CopyFrom(Convert.FromHexString(artifact.Sha256)),
        SizeBytes = (ulong)artifact.Bytes,
        FileName = artifact.FileName,
        Uploaded = artifact.IsBrought,
        Architecture = artifact.Architecture,
    };

    // Who gave hosts what they run is found in the log by the digest.
    [LoggerMessage(3323, LogLevel.Information, "{Caller} uploaded agent {Version} for {Architecture}, {Bytes} bytes, SHA-256 {Sha256}")]
    private partial void LogBrought(CallerIdentity caller, string version, string architecture, long bytes, string sha256);

    [LoggerMessage(3324, LogLevel.Information, "{Caller} removed agent {Version} for {Architecture}, SHA-256 {Sha256}")]
    private partial void LogRemoved(CallerIdentity caller, string version, string architecture, string sha256);
}
