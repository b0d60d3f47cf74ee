using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Alerts;

/// <summary>Makes and ends silences: stored first, then heeded.</summary>
internal sealed class SilenceCommands(IFleetStore store, SilenceCache book, EvaluationSignal judge, TimeProvider time) : IDisposable
{
    private const int LongestGlob = 256;
    private const int LongestComment = 1024;
    // What is heeded is looked through for each alert, every second.
    private const int MostSilences = 1000;
    private static readonly TimeSpan s_least = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_most = TimeSpan.FromDays(90);

    // One at a time: what is read from the store must not be heeded after what was read later.
    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Makes a silence.</summary>
    /// <exception cref="RpcException">A field is wrong.</exception>
    public async Task<SilenceRecord> CreateAsync(CreateSilenceRequest request, string by, CancellationToken cancellationToken)
    {
        if (Fault(request) is { Length: > 0 } fault)
            throw new RpcException(new Status(StatusCode.InvalidArgument, fault));
        if ((await ListAsync(cancellationToken)).Count >= MostSilences)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"there are {MostSilences} silences already: end some, or use a glob for many hosts"));
        var now = time.GetUtcNow();
        var silence = new SilenceRecord
        {
            Id = "si-" + Guid.NewGuid().ToString("N")[..12],
            Scan = request.Scan,
            Pattern = request.Pattern,
            AgentName = request.AgentName,
            CreatedAt = now,
            ExpiresAt = now + TimeSpan.FromMilliseconds(request.DurationMs),
            CreatedBy = by,
            Comment = request.Comment,
        };
        await store.Alerts.AddSilenceAsync(silence, cancellationToken);
        await HeedAsync(cancellationToken);
        return silence;
    }

    /// <summary>Silences that have not expired, latest first.</summary>
    public async Task<IReadOnlyList<SilenceRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return [.. (await store.Alerts.ListSilencesAsync(cancellationToken)).Where(silence => silence.ExpiresAt > now)];
    }

    /// <summary>Ends a silence.</summary>
    /// <exception cref="RpcException">There is none of this id.</exception>
    public async Task<SilenceRecord> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var silence = await store.Alerts.DeleteSilenceAsync(id, cancellationToken)
            ?? throw new RpcException(new Status(StatusCode.NotFound, "silence not found; see 'fleet alerts silences'"));
        await HeedAsync(cancellationToken);
        return silence;
    }

    private async Task HeedAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            book.Replace(await store.Alerts.ListSilencesAsync(cancellationToken));
        }
        finally
        {
            _turn.Release();
        }

        judge.Set();
    }

    private static string Fault(CreateSilenceRequest request)
    {
        string[] globs = [request.Scan, request.Pattern, request.AgentName];
        if (globs.All(glob => glob.Length == 0))
            return "scan, pattern and agent_name are all empty: name what is to be silent; * for the scan means everything";
        if (globs.Select(glob => OneLineText.FindFault(glob, LongestGlob)).FirstOrDefault(fault => fault is not null) is { } globFault)
            return $"scan, pattern or agent_name {globFault}";
        if (request.DurationMs < s_least.TotalMilliseconds || request.DurationMs > s_most.TotalMilliseconds)
            return "duration_ms must lie between 1 minute and 90 days";
        return OneLineText.FindFault(request.Comment, LongestComment) is { } commentFault ? $"comment {commentFault}" : "";
    }
}
