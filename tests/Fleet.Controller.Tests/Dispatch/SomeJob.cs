using Fleet.Controller.Dispatch;
using Google.Protobuf;

namespace Fleet.Controller.Tests.Dispatch;

/// <summary>Jobs for tests of decisions: agents a1, a2 ..., a run timeout of a minute, a grace of ten seconds.</summary>
internal sealed class SomeJob
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly JobPlan Plan = new()
    {
        JobId = "20261121-120000-test",
        CreatedAt = Start,
        DeadlineAt = Start + TimeSpan.FromHours(1),
        DeliveryTimeout = TimeSpan.FromMinutes(5),
        MaxConcurrent = int.MaxValue,
        RatePerSecond = 0,
        MaxFailures = null,
        RunTimeout = TimeSpan.FromMinutes(1),
        KillGrace = TimeSpan.FromSeconds(10),
        Steps = 1,
        StreamBytes = 0,
        Spec = ByteString.Empty,
        SpecDigest = ByteString.Empty,
    };

    private SomeJob(RunningJob job, LinkState[] agents)
    {
        Job = job;
        Agents = agents;
    }

    public DispatchOptions Options { get; set; } = new();

    public RunningJob Job { get; }

    public LinkState[] Agents { get; }

    public static SomeJob Of(int tasks, Func<JobPlan, JobPlan>? change = null)
    {
        var plan = change is null ? Plan : change(Plan);
        var job = new RunningJob(plan with { MaxConcurrent = Math.Min(plan.MaxConcurrent, tasks) }, tasks);
        // Away since before the job was made.
        var agents = Enumerable.Range(1, tasks).Select(i => new LinkState($"a{i}", Start - TimeSpan.FromHours(1))).ToArray();
        for (var i = 0; i < tasks; i++)
            job.Add(new TaskSlot(job, i + 1, agents[i]));
        return new SomeJob(job, agents);
    }

    public SomeJob Linked(params int[] agents)
    {
        foreach (var agent in agents)
            Agents[agent - 1].Attach(new FakeLink(), "boot/journal", new HashSet<string>(), Start);
        return this;
    }

    public SomeJob AllLinked() => Linked([.. Enumerable.Range(1, Agents.Length)]);

    public SomeJob Sent(params int[] ordinals)
    {
        foreach (var ordinal in ordinals)
            Slot(ordinal).HandTo("boot/journal", Start);
        return this;
    }

    public TaskSlot Slot(int ordinal) => Job.Find(ordinal)!;

    public void Unlink(int agent, DateTimeOffset at) => Agents[agent - 1].Detach(Agents[agent - 1].Link!, at).ShouldBeTrue();

    public JobDecision Decide(TimeSpan after = default) => JobDecider.Decide(Job, Start + after, Options);
}
