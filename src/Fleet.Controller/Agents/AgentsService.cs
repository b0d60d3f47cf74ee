using Fleet.Controller.Identity;
using Fleet.Controller.Link;
using Fleet.Controller.Registry;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Agents;

/// <summary>The registry of agents, for operators.</summary>
internal sealed class AgentsService(
    AgentRegistry registry, TargetResolver resolver, IdentityRevocation revocation, DuplicateRegistry duplicates, AgentDescription description, IFleetStore store)
    : Protocol.V1.Agents.AgentsBase
{
    private const int AgentsPerMessage = 200;
    private const int AgentsPerCommit = 256;

    /// <inheritdoc/>
    public override async Task ListAgents(
        ListAgentsRequest request, IServerStreamWriter<ListAgentsReply> responseStream, ServerCallContext context)
    {
        var selection = request.Target?.Clone() ?? new TargetSelection();
        if (selection.Expression.Length == 0)
            selection.Expression = "*";
        _ = resolver.Read(selection, out var fault) ?? throw Bad(fault);
        // That a new fleet has no hosts yet is an answer, no fault of the question.
        if (registry.Count == 0)
            return;
        var agents = resolver.Resolve(selection, "").OrRefuse().Agents;
        foreach (var page in agents.Chunk(AgentsPerMessage))
        {
            var reply = new ListAgentsReply();
            reply.Agents.AddRange(page.Select(description.Of));
            await responseStream.WriteAsync(reply, context.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public override Task<Agent> GetAgent(GetAgentRequest request, ServerCallContext context) =>
        Task.FromResult(description.Of(Find(request.Name)));

    /// <inheritdoc/>
    public override async Task<SetLabelsReply> SetLabels(SetLabelsRequest request, ServerCallContext context)
    {
        // 1. Everything is checked before anything is changed.
        var change = LabelChange.Read(request, out var fault) ?? throw Bad(fault);
        var agents = resolver.Resolve(request.Target ?? new TargetSelection(), "").OrRefuse().Agents;
        if (agents.FirstOrDefault(agent => change.Overfills(agent.Record.Labels)) is { } full)
            throw Bad($"{full.Name} would have more than {Limits.Labels} labels; remove some first");

        // 2. Many changes share a commit.
        var reply = new SetLabelsReply();
        reply.Unchanged.AddRange(agents.Where(agent => !change.Changes(agent.Record.Labels)).Select(static agent => agent.Name));
        foreach (var page in agents.Where(agent => change.Changes(agent.Record.Labels)).Chunk(AgentsPerCommit))
        {
            var changed = await Task.WhenAll(page.Select(agent =>
                store.Agents.ChangeLabelsAsync(agent.Id, change.Set, change.Remove, context.CancellationToken)));
            foreach (var record in changed.OfType<AgentRecord>())
            {
                registry.Change(record.Id, known => known with { Labels = record.Labels });
                reply.Changed.Add(record.Name);
            }
        }

        return reply;
    }

    /// <inheritdoc/>
    public override async Task<RemoveAgentsReply> RemoveAgents(RemoveAgentsRequest request, ServerCallContext context)
    {
        var agents = resolver.Resolve(request.Target ?? new TargetSelection(), "").OrRefuse().Agents;
        var reason = $"removed by {context.GetCaller()}";
        var reply = new RemoveAgentsReply();
        foreach (var page in agents.Chunk(AgentsPerCommit))
        {
            // The registry, dispatch and the link hear of it from the identity room.
            var removed = await Task.WhenAll(page.Select(agent =>
                revocation.RemoveAgentAsync(agent.Id, reason, context.CancellationToken)));
            reply.Removed.AddRange(removed.OfType<AgentRecord>().Select(static agent => agent.Name));
        }

        return reply;
    }

    /// <inheritdoc/>
    public override async Task<ClearDuplicatesReply> ClearDuplicates(ClearDuplicatesRequest request, ServerCallContext context)
    {
        var reply = new ClearDuplicatesReply();
        foreach (var agent in resolver.Resolve(request.Target ?? new TargetSelection(), "").OrRefuse().Agents)
            (await duplicates.ClearAsync(agent, context.CancellationToken) ? reply.Cleared : reply.Unchanged).Add(agent.Name);
        return reply;
    }

    /// <inheritdoc/>
    public override Task<ExplainTargetReply> ExplainTarget(ExplainTargetRequest request, ServerCallContext context)
    {
        var target = resolver.Read(request.Target, out var fault) ?? throw Bad(fault);
        var explanation = target.Explain(new AgentSubject(Find(request.Name)));
        var reply = new ExplainTargetReply { Matches = explanation.IsMatch };
        reply.Lines.AddRange(explanation.Render().Split('\n'));
        return Task.FromResult(reply);
    }

    private AgentEntry Find(string name)
    {
        if (name.Length == 0)
            throw Bad("name is required: an agent's name or id");
        return registry.FindByNameOrId(name)
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"agent {name} not found; see 'fleet agents list'"));
    }

    private static RpcException Bad(string fault) => new(new Status(StatusCode.InvalidArgument, fault));
}
