using Fleet.Protocol.V1;
using static Fleet.Protocol.V1.ControllerMessage;

namespace Fleet.Controller.Tests.Link;

/// <summary>
/// An agent of the first message set: it lives for years, and the controller has learned a lot since. What it says is pinned as bytes,
/// made by protoc --encode from the contract as it was before upgrades, scans and live logs (3fc3c3c).
/// </summary>
public sealed class FirstAgentTests
{
    private const string Hello = "CkkIARIFMC4xLjAaCTBmNGEtYm9vdCIMOWMxZS1qb3VybmFsKgRwLTE3Mh8KCwoCb3MSBWxpbnV4ChAKCGhvc3RuYW1lEgR3ZWIx";
    private const string Heartbeat = "EgYIBxABGAI=";
    private const string Facts = "IhgKCwoCb3MSBWxpbnV4CgkKBGNwdXMSATQ=";
    private const string Records =
        "GtABCiMKFjIwMjYxMTIxLTAxMDIwMy03azNtLjEQARiA2MGijDQiAAotChYyMDI2MTEyMS0wMTAyMDMtN2szbS4xEAIY5NjBoow0"
        + "KgoQASIGaGVsbG8KCj8KFjIwMjYxMTIxLTAxMDIwMy03azNtLjEQAxjI2cGijDQyHBICCAMaEAiwCRCgBhisAiCAgPoBKAEiAggGKgAKOQoWMj"
        + "AyNjExMjEtMDEwMjAzLTdrM20uMRAEGKzawaKMNDoWCAsSDWV4aXRlZCB3aXRoIDMYAyiwCQ==";

    // All that it understands; others it skips.
    private static readonly MessageOneofCase[] s_known =
    [
        MessageOneofCase.Welcome, MessageOneofCase.Heartbeat, MessageOneofCase.StartTask, MessageOneofCase.CancelTask, MessageOneofCase.Ack,
        MessageOneofCase.CertificateIssued, MessageOneofCase.Goodbye,
    ];

    [Fact]
    public async Task An_agent_of_the_first_message_set_runs_jobs_and_is_told_nothing_that_it_does_not_know()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        await using var agent = ScriptedAgent.Open(controller, enrolled);

        await agent.SayAsync(Read(Hello));
        (await agent.ExpectAsync(MessageOneofCase.Welcome)).Welcome.ProtocolVersion.ShouldBe(1u);
        await agent.SayAsync(Read(Facts));
        await agent.SayAsync(Read(Heartbeat));
        await Eventually.Async(() => controller.Registry.Find(enrolled.Id)!.Record.Facts.GetValueOrDefault("cpus") == "4");
        await Eventually.Async(() => controller.Registry.Find(enrolled.Id)!.Link!.RunningTasks == 1);
        controller.Registry.Find(enrolled.Id)!.Link!.RoundTrip.ShouldBe(TimeSpan.Zero);

        var job = await SomeRequests.CreateAsync(controller, "web1");
        var start = await agent.NextAsync();
        s_known.ShouldContain(start.MessageCase);
        var records = Read(Records);
        foreach (var record in records.Records.Records)
            record.TaskId = start.StartTask.TaskId;
        await agent.SayAsync(records);

        await agent.ExpectAckAsync(start.StartTask.TaskId, 4);
        var log = await SomeRequests.WatchAsync(controller, job.Id);
        var end = log.Single(e => e.Ended is not null).Ended;
        (end.State, end.Reason, end.ExitCode).ShouldBe((TaskState.Failed, "exited with 3", 3));
        log.Single(e => e.Output is not null).Output.Data.ToStringUtf8().ShouldBe("hello\n");
        log.Single(e => e.StepEnded is not null).StepEnded.Used.PeakMemoryBytes.ShouldBe(4_096_000ul);
    }

    private static AgentMessage Read(string pinned) => AgentMessage.Parser.ParseFrom(Convert.FromBase64String(pinned));
}
