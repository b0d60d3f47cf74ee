using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Scans;

/// <summary>Changes scans and channels: one change at a time, each as a whole, stored before it counts.</summary>
internal sealed class ScanCommands(IFleetStore store, ScanRegistry registry, TimeProvider time) : IDisposable
{
    private const int MostFaultsShown = 20;
    private const int LongestFault = 400;

    // What memory holds follows the store in the same order: two changes at once could swap.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Applies scans and channels, or says what that would change.</summary>
    /// <exception cref="RpcException">Something of it is wrong; all faults are named.</exception>
    public async Task<ApplyScansReply> ApplyAsync(ApplyScansRequest request, string by, CancellationToken cancellationToken)
    {
        using var turn = await TurnAsync(cancellationToken);
        var current = registry.Current;
        if (ApplyCheck.FindFaults(request, current, time.LocalTimeZone) is { Count: > 0 } faults)
            throw new RpcException(new Status(StatusCode.InvalidArgument, Tell(faults)));
        var plan = ScanPlan.Make(request, current);
        if (request.DryRun || plan.IsEmpty)
            return plan.Reply;

        var changes = new ScanChanges
        {
            Scans = plan.Scans,
            Channels = plan.Channels,
            DeletedScans = plan.DeletedScans,
            DeletedChannels = plan.DeletedChannels,
            At = time.GetUtcNow(),
            By = by,
        };
        registry.Replace(await store.Scans.ApplyAsync(changes, cancellationToken));
        return plan.Reply;
    }

    /// <summary>Pauses scans, or lets them go on.</summary>
    /// <exception cref="RpcException">One of them is not there.</exception>
    public async Task<PauseScansReply> PauseAsync(IReadOnlyCollection<string> names, bool resume, string by, CancellationToken cancellationToken)
    {
        using var turn = await TurnAsync(cancellationToken);
        var scans = Find(names);
        var reply = new PauseScansReply();
        reply.Changed.AddRange(scans.Where(scan => scan.Record.Paused == resume).Select(scan => scan.Record.Name));
        reply.Unchanged.AddRange(scans.Where(scan => scan.Record.Paused != resume).Select(scan => scan.Record.Name));
        if (reply.Changed.Count > 0)
            registry.Replace(await store.Scans.SetPausedAsync(reply.Changed, !resume, time.GetUtcNow(), by, cancellationToken));
        return reply;
    }

    /// <summary>Deletes scans. What they found stays until it is old.</summary>
    /// <exception cref="RpcException">One of them is not there.</exception>
    public async Task<DeleteScansReply> DeleteAsync(IReadOnlyCollection<string> names, string by, CancellationToken cancellationToken)
    {
        using var turn = await TurnAsync(cancellationToken);
        var reply = new DeleteScansReply { Deleted = { Find(names).Select(scan => scan.Record.Name) } };
        var changes = new ScanChanges { DeletedScans = reply.Deleted, At = time.GetUtcNow(), By = by };
        registry.Replace(await store.Scans.ApplyAsync(changes, cancellationToken));
        return reply;
    }

    /// <summary>A scan.</summary>
    /// <exception cref="RpcException">It is not there.</exception>
    public KnownScan Find(string name) => Find([name])[0];

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private List<KnownScan> Find(IReadOnlyCollection<string> names)
    {
        if (names.Count == 0)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "names is empty; 'fleet scan list' shows the scans"));
        var scans = registry.Current.Scans;
        var unknown = names.Where(name => !scans.ContainsKey(name)).ToArray();
        if (unknown.Length == 0)
            return [.. names.Distinct(StringComparer.Ordinal).Select(name => scans[name])];
        var shown = string.Join(", ", unknown.Take(MostFaultsShown).Select(ScanName.Shown));
        throw new RpcException(new Status(StatusCode.NotFound, $"scan {shown} not found; see 'fleet scan list'"));
    }

    private static string Tell(IReadOnlyList<string> faults)
    {
        var shown = faults.Take(MostFaultsShown).Select(fault => fault.Length > LongestFault ? fault[..LongestFault] + "..." : fault);
        return string.Join('\n', faults.Count > MostFaultsShown ? shown.Append($"and {faults.Count - MostFaultsShown} more errors") : shown);
    }

    private async Task<Lease> TurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Lease(_turn);
    }

    private readonly struct Lease(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
