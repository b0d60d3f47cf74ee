using Fleet.Controller.Identity;
using Fleet.Controller.Notifications;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Scans;

/// <summary>Standing scans, for operators.</summary>
internal sealed class ScansService(ScanCommands desk, ScanRegistry registry, ScanAssignment assignment, ScanStateCache states, IFleetStore store)
    : Protocol.V1.Scans.ScansBase
{
    private const int MostBytes = Limits.MessageBytes / 2;

    /// <inheritdoc/>
    public override Task<ApplyScansReply> ApplyScans(ApplyScansRequest request, ServerCallContext context) =>
        desk.ApplyAsync(request, context.GetCallerName(), context.CancellationToken);

    /// <inheritdoc/>
    public override Task<PauseScansReply> PauseScans(PauseScansRequest request, ServerCallContext context) =>
        desk.PauseAsync(request.Names, request.Resume, context.GetCallerName(), context.CancellationToken);

    /// <inheritdoc/>
    public override Task<DeleteScansReply> DeleteScans(DeleteScansRequest request, ServerCallContext context) =>
        desk.DeleteAsync(request.Names, context.GetCallerName(), context.CancellationToken);

    /// <inheritdoc/>
    public override async Task<ListScansReply> ListScans(ListScansRequest request, ServerCallContext context)
    {
        var current = registry.Current;
        var overview = await OverviewAsync(context.CancellationToken);
        var reply = new ListScansReply();
        reply.Scans.AddRange(current.Scans.Values.Select(overview));
        reply.Channels.AddRange(current.Channels.Values.OrderBy(channel => channel.Name, StringComparer.Ordinal).Select(SecretMask.Of));
        return reply;
    }

    /// <inheritdoc/>
    public override async Task<ScanDetails> GetScan(GetScanRequest request, ServerCallContext context)
    {
        var scan = desk.Find(request.Name);
        var details = new ScanDetails { Overview = (await OverviewAsync(context.CancellationToken))(scan) };
        var bytes = details.CalculateSize();
        foreach (var agent in assignment.AgentsOf(scan))
        {
            var state = states.Find(agent.Id, scan.Record.Name);
            bytes += state?.CalculateSize() ?? 0;
            details.Agents.Add(new ScanOnAgent
            {
                AgentName = agent.Name,
                Online = agent.Link is not null,
                State = bytes < MostBytes ? state : Briefly(state),
            });
        }

        return details;
    }

    /// <inheritdoc/>
    public override Task<RunScanReply> RunScan(RunScanRequest request, ServerCallContext context)
    {
        var scan = desk.Find(request.Name);
        if (scan.Record.Paused)
        {
            throw new RpcException(new Status(
                StatusCode.FailedPrecondition, $"scan {scan.Record.Name} is paused; resume it with 'fleet scan resume {scan.Record.Name}'"));
        }

        var reply = new RunScanReply();
        foreach (var agent in assignment.AgentsOf(scan))
        {
            // An agent that has not heard of the scan yet gets it first: both go by the same queue.
            assignment.Assign(agent);
            if (agent.Link?.Post(new ControllerMessage { RunScan = new RunScan { Name = scan.Record.Name } }) != true)
            {
                reply.Offline.Add(agent.Name);
                continue;
            }

            reply.Agents++;
            if (IsAtFault(agent.Id, scan.Record.Name))
                reply.Failed.Add(agent.Name);
        }

        return Task.FromResult(reply);
    }

    private async Task<Func<KnownScan, ScanOverview>> OverviewAsync(CancellationToken cancellationToken)
    {
        var totals = (await store.Findings.TotalsAsync(cancellationToken)).ToDictionary(total => total.Scan, StringComparer.Ordinal);
        var open = await store.Alerts.CountOpenAsync(cancellationToken);
        return scan =>
        {
            var agents = assignment.AgentsOf(scan).ToArray();
            var total = totals.GetValueOrDefault(scan.Record.Name);
            var definition = scan.Definition.Clone();
            definition.Order = scan.Order;
            return new ScanOverview
            {
                Definition = definition,
                Agents = (uint)agents.Length,
                AgentsOnline = (uint)agents.Count(agent => agent.Link is not null),
                AgentsFailed = (uint)agents.Count(agent => IsAtFault(agent.Id, scan.Record.Name)),
                Hits = (ulong)(total?.Hits ?? 0),
                LastHitMs = total is { Hits: > 0 } ? total.LastAt.ToUnixTimeMilliseconds() : 0,
                OpenAlerts = (uint)open.GetValueOrDefault(scan.Record.Name),
                ChangedMs = scan.Record.ChangedAt.ToUnixTimeMilliseconds(),
                ChangedBy = scan.Record.ChangedBy,
            };
        };
    }

    // Of ten thousand agents with a hundred logs each not all fit into a message: of the last ones the logs are named that are worst off.
    private static ScanState? Briefly(ScanState? state)
    {
        if (state is null)
            return null;
        var brief = state.Clone();
        brief.Sources.Clear();
        brief.Sources.AddRange(state.Sources.OrderByDescending(source => source.Error.Length > 0).ThenByDescending(source => source.LagBytes).Take(1));
        return brief;
    }

    private bool IsAtFault(string agentId, string scan) =>
        states.Find(agentId, scan)?.Sources.Any(source => source.Error.Length > 0) == true;
}
