using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Dispatch;

/// <summary>Whatever happens in whatever order: every task ends once, runs once at most, and every job is done.</summary>
public sealed class DispatchModelTests
{
    private const int Seeds = 100;
    private const int Steps = 60;
    private const int AgentCount = 4;

    [Fact]
    public async Task Every_task_has_one_true_end_after_any_sequence_of_faults()
    {
        var time = new ManualTime();
        await using var store = await TestStore.OpenAsync(time);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var model = new DispatchModel(store, time, AgentCount);
            try
            {
                await RunAsync(model, new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}", e);
            }
        }
    }

    private static async Task RunAsync(DispatchModel model, Random random)
    {
        for (var step = 0; step < Steps; step++)
            await StepAsync(model, random);

        // Everybody who can comes back and tells what it has, and then all time limits pass.
        foreach (var agent in model.Agents.Where(_ => random.Next(3) > 0))
        {
            await model.LinkAsync(agent);
            await model.ReportAsync(agent);
        }

        await model.AdvanceAsync(TimeSpan.FromDays(2));
        await model.CheckAsync();
    }

    private static Task StepAsync(DispatchModel model, Random random)
    {
        var agent = model.Agents[random.Next(AgentCount)];
        switch (random.Next(15))
        {
            case 0 when model.Jobs.Count < 3:
                return model.CreateJobAsync(SomeOptions(random));
            case 1 or 2 or 3 when agent.Link is null:
                return model.LinkAsync(agent);
            case 4:
                return model.UnlinkAsync(agent);
            case 5 or 6 or 7:
                return model.ReportAsync(agent);
            case 8:
                foreach (var taskId in agent.Journal.Keys.ToArray())
                    agent.End(taskId, random.Next(2) == 0 ? TaskState.Succeeded : TaskState.Failed, 0);
                return model.ReportAsync(agent);
            case 9:
                return model.AdvanceAsync(TimeSpan.FromSeconds(random.Next(1, 200)));
            case 10 when random.Next(3) == 0:
                return model.RestartControllerAsync();
            case 11 when random.Next(2) == 0:
                return RestartHostAsync(model, agent, random);
            case 12 when model.Jobs.Count > 0 && random.Next(4) == 0:
                return model.CancelAsync(model.Jobs[random.Next(model.Jobs.Count)]);
            default:
                model.Receive(agent);
                return Task.CompletedTask;
        }
    }

    private static async Task RestartHostAsync(DispatchModel model, SimulatedAgent agent, Random random)
    {
        await model.UnlinkAsync(agent);
        if (random.Next(2) == 0)
            agent.Reboot(0);
        else
            agent.LoseJournal();
    }

    private static JobOptions SomeOptions(Random random) => new()
    {
        DeliveryTimeoutMs = random.Next(3) * 60_000,
        MaxConcurrent = random.Next(3) switch { 0 => "", 1 => "1", _ => "50%" },
        RatePerSecond = random.Next(3) == 0 ? 0.1 : 0,
        MaxFailures = random.Next(3) == 0 ? "1" : "",
        DeadlineMs = random.Next(3) == 0 ? 300_000 : 0,
    };
}
