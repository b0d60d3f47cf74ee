using Fleet.Controller.Agents;
using Fleet.Controller.Dispatch;
using Fleet.Controller.Link;
using Fleet.Controller.Registry;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Dispatch;

/// <summary>Dispatch over a real store, with simulated agents around it; every step is a turn.</summary>
internal sealed class DispatchModel
{
    private readonly TestStore _store;
    private readonly ManualTime _time;
    private readonly DispatchOptions _options = new();
    private readonly AgentRegistry _registry;
    private readonly TaskSpec _spec = new() { RunTimeoutMs = 60_000, KillGraceMs = 5_000 };
    private DispatchCycle _turn;

    public DispatchModel(TestStore store, ManualTime time, int agents)
    {
        _store = store;
        _time = time;
        _registry = new AgentRegistry(time);
        Agents = [.. Enumerable.Range(1, agents).Select(_ => new SimulatedAgent(AgentId.New().ToString()))];
        foreach (var agent in Agents)
            _registry.Put(Some.Agent(agent.Id, time.GetUtcNow()));
        _turn = NewTurn();
    }

    public SimulatedAgent[] Agents { get; }

    public List<string> Jobs { get; } = [];

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task CreateJobAsync(JobOptions options)
    {
        var now = _time.GetUtcNow();
        var id = JobId.New(now).ToString();
        var plan = JobPlans.Make(id, now, Agents.Length, _spec, ByteString.Empty, ByteString.Empty, options);
        var job = Some.NewJob(plan, [.. Agents.Select(agent => new NewTask(agent.Id, agent.Id))], _spec, options);
        var reply = new TaskCompletionSource<JobCreation>();
        await TurnAsync(new DispatchEvent.Create(plan, job, reply));
        (await reply.Task).Status.ShouldBe(JobCreationStatus.Created);
        Jobs.Add(id);
    }

    public async Task LinkAsync(SimulatedAgent agent)
    {
        agent.Link = new FakeLink();
        var reply = new TaskCompletionSource<Reconciliation>();
        await TurnAsync(new DispatchEvent.LinkUp(agent.Id, agent.Link, agent.Incarnation, agent.Held(), reply));
        // What is not open here has ended: the agent forgets it.
        foreach (var held in (await reply.Task).NotOpen)
            agent.Journal.Remove(held.TaskId);
    }

    public Task UnlinkAsync(SimulatedAgent agent)
    {
        var link = agent.Link;
        agent.Link = null;
        return link is null ? Task.CompletedTask : TurnAsync(new DispatchEvent.LinkDown(agent.Id, link, _time.GetUtcNow()));
    }

    public Task CancelAsync(string jobId) =>
        TurnAsync(new DispatchEvent.Cancel(jobId, "ann", new TaskCompletionSource<CancelRequest>()));

    /// <summary>The agent takes in what was sent to it, and gets no word of it out yet.</summary>
    public void Receive(SimulatedAgent agent) => agent.Receive(NowMs);

    /// <summary>The agent sends everything that it has, stored or not, as after a reconnect.</summary>
    public async Task ReportAsync(SimulatedAgent agent)
    {
        if (agent.Link is null)
            return;

        agent.Receive(NowMs);
        foreach (var (taskId, records) in agent.Journal.ToArray())
        {
            var id = TaskId.Parse(taskId);
            var result = await _store.Store.Events.AppendAsync(
                [.. records.Select(record => RecordEntries.Make(record, id))], CancellationToken.None);
            var last = result.Entries[^1];
            last.Status.ShouldBeOneOf(EntryStatus.Applied, EntryStatus.Repeat, EntryStatus.AlreadyEnded);
            await TurnAsync(new DispatchEvent.Progress(
                [new TaskProgress(id.Job.ToString(), id.Ordinal, last.State, last.LastAgentSeq)]));
            agent.Acknowledge(taskId, last.Status == EntryStatus.AlreadyEnded ? (long)records[^1].Seq : last.LastAgentSeq);
        }
    }

    /// <summary>The controller is killed and started again: links and memory are gone, the store stays.</summary>
    public async Task RestartControllerAsync()
    {
        foreach (var agent in Agents)
            agent.Link = null;
        _turn = NewTurn();
        foreach (var job in await _store.Store.Jobs.ListOpenAsync(CancellationToken.None))
            _turn.Recover(job);
        await TurnAsync(DispatchEvent.Tick.Instance);
    }

    /// <summary>Time passes; the loop wakes whenever it asked to.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var until = _time.GetUtcNow() + by;
        for (var wakes = 0; _turn.WakeAt <= until; wakes++)
        {
            wakes.ShouldBeLessThan(10_000, "the loop asks to be woken without end");
            if (_turn.WakeAt > _time.GetUtcNow())
                _time.Advance(_turn.WakeAt - _time.GetUtcNow());
            await TurnAsync(DispatchEvent.Tick.Instance);
        }

        _time.Advance(until - _time.GetUtcNow());
    }

    /// <summary>Each task of each job has one end, in its row and in the log, and was started once at most.</summary>
    public async Task CheckAsync()
    {
        foreach (var jobId in Jobs)
        {
            var job = await _store.Store.Jobs.GetAsync(jobId, CancellationToken.None);
            job!.State.ShouldBe(JobState.Done);
            var log = await _store.Store.Events.ReadAsync(jobId, 0, int.MaxValue, int.MaxValue, CancellationToken.None);
            var ends = log.Events.Where(entry => entry.Kind == TaskEventKind.Ended).Select(entry => entry.Ordinal).Order();
            ends.ShouldBe(Enumerable.Range(1, Agents.Length));
            foreach (var task in await _store.Store.Jobs.ListTasksAsync(jobId, new TaskQuery(), CancellationToken.None))
            {
                var starts = Agents.Sum(agent => agent.Starts.GetValueOrDefault($"{jobId}.{task.Ordinal}"));
                starts.ShouldBeLessThanOrEqualTo(1);
                if (task.State is Storage.TaskState.Expired or Storage.TaskState.Skipped)
                    starts.ShouldBe(0, $"{task.State} claims that task {task.Ordinal} never ran: {task.Reason}");
            }
        }
    }

    private async Task TurnAsync(DispatchEvent taken)
    {
        await _turn.RunAsync([taken], CancellationToken.None);
        // A turn may ask for the next one at once.
        for (var turns = 0; _turn.WakeAt <= _time.GetUtcNow(); turns++)
        {
            turns.ShouldBeLessThan(100, "the loop spins");
            await _turn.RunAsync([DispatchEvent.Tick.Instance], CancellationToken.None);
        }
    }

    private DispatchCycle NewTurn() => new(
        _store.Store, new OpenJobs(), new JobSignals(), new LinkStates(_registry, new AgentsOptions(), _time), _options, _time, NullLogger<DispatchCycle>.Instance);
}
