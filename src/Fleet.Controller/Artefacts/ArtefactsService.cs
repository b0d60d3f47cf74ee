using Fleet.Controller.Hosting;
using System.Security.Cryptography;
using Fleet.Controller.Identity;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Controller.Artefacts;

/// <summary>Artefacts for operators, who choose and bring them, and for agents, which fetch them.</summary>
internal sealed partial class ArtefactsService(
    ArtefactShelf shelf, ArtefactPlaces places, ArtefactIntake intake, ControllerOptions options, TimeProvider time, ILogger<ArtefactsService> logger)
    : Protocol.V1.Artefacts.ArtefactsBase
{
    /// <inheritdoc/>
    public override Task<ListArtefactsReply> ListArtefacts(ListArtefactsRequest request, ServerCallContext context)
    {
        var reply = new ListArtefactsReply();
        reply.Artefacts.AddRange(Read().Where(a => request.Version.Length == 0 || a.Version == request.Version).Select(ToMessage));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override async Task<Artefact> PutArtefact(IAsyncStreamReader<PutArtefactRequest> requestStream, ServerCallContext context)
    {
        var artefact = await intake.TakeAsync(requestStream, context.CancellationToken);
        LogBrought(context.GetCaller(), artefact.Version, artefact.Architecture, artefact.Bytes, artefact.Sha256);
        return ToMessage(artefact);
    }

    /// <inheritdoc/>
    public override Task<Artefact> RemoveArtefact(RemoveArtefactRequest request, ServerCallContext context)
    {
        if (request.Sha256.Length != SHA256.HashSizeInBytes)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "sha256: 32 bytes expected"));
        var artefact = Find(request.Sha256);
        bool isRemoved;
        try
        {
            isRemoved = shelf.Remove(artefact.Sha256);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"the controller cannot remove {artefact.Path}: {e.Message}"));
        }

        if (!isRemoved)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"nobody brought {artefact.FileName} with --file: it lies in {shelf.Directory} on the controller's host, remove it there"));
        LogRemoved(context.GetCaller(), artefact.Version, artefact.Architecture, artefact.Sha256);
        return Task.FromResult(ToMessage(artefact));
    }

    /// <inheritdoc/>
    public override async Task FetchArtefact(FetchArtefactRequest request, IServerStreamWriter<ArtefactChunk> responseStream, ServerCallContext context)
    {
        var artefact = Find(request.Sha256);
        if (request.Offset > (ulong)artefact.Bytes)
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"offset: {request.Offset} given, the artefact has {artefact.Bytes} bytes"));
        using var place = places.TryTake(context.GetCaller() is CallerIdentity.Agent agent ? agent.Id : "")
            ?? throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many agents fetch at once: come back"));

        // A buffer's worth at a time: who reads slowly makes this wait, and nothing pile up; who reads too slowly is cut off, and goes on
        // from there when it asks again.
        using var pace = new DownloadPace(() => options.MinDownloadRate, time, context.GetHttpContext().Abort);
        await using var file = new FileStream(artefact.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
        file.Position = (long)request.Offset;
        var buffer = new byte[Limits.ChunkBytes];
        int count;
        while ((count = await file.ReadAsync(buffer, context.CancellationToken)) > 0)
        {
            var chunk = new ArtefactChunk { Offset = (ulong)(file.Position - count), Data = ByteString.CopyFrom(buffer, 0, count) };
            await responseStream.WriteAsync(chunk, context.CancellationToken);
            pace.Taken(count);
        }
    }

    private AgentArtefact Find(ByteString digest)
    {
        var sha256 = Convert.ToHexStringLower(digest.Span);
        return Read().FirstOrDefault(a => a.Sha256 == sha256)
            // Agents' `doctor` asks without a digest: it is told NotFound, as it expects.
            ?? throw new RpcException(new Status(
                StatusCode.NotFound, sha256.Length == 0 ? "no SHA-256 was given" : $"the controller has no artefact with the SHA-256 {sha256}"));
    }

    private IEnumerable<AgentArtefact> Read()
    {
        try
        {
            return [.. shelf.All()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"the controller cannot read its artefacts: {e.Message}"));
        }
    }

    private static Artefact ToMessage(AgentArtefact artefact) => new()
    {
        Version = artefact.Version,
        Sha256 = ByteString.CopyFrom(Convert.FromHexString(artefact.Sha256)),
        SizeBytes = (ulong)artefact.Bytes,
        FileName = artefact.FileName,
        Brought = artefact.IsBrought,
        Architecture = artefact.Architecture,
    };

    // Who gave hosts what they run is found in the log by the digest.
    [LoggerMessage(3323, LogLevel.Information, "{Caller} brought agent {Version} for {Architecture}, {Bytes} bytes, SHA-256 {Sha256}")]
    private partial void LogBrought(CallerIdentity caller, string version, string architecture, long bytes, string sha256);

    [LoggerMessage(3324, LogLevel.Information, "{Caller} removed agent {Version} for {Architecture}, SHA-256 {Sha256}")]
    private partial void LogRemoved(CallerIdentity caller, string version, string architecture, string sha256);
}
