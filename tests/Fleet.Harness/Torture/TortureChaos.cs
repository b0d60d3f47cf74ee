namespace Fleet.Harness.Torture;

/// <summary>What happens to agent and controller meanwhile: killed, stopped, paused, cut off, given changed scans.</summary>
internal sealed class TortureChaos(FleetOnThisMachine fleet, FaultyWire wire, Func<int, Task> applyAsync, Random random)
{
    private const int Stop = 19;
    private const int Continue = 18;

    /// <summary>What was done, and how often.</summary>
    public SortedDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    private AgentHost Agent => fleet.Agents[0];

    public async Task RunAsync(CancellationToken stop)
    {
        var revision = 0;
        while (!stop.IsCancellationRequested)
        {
            await TorturedLog.WaitAsync(TimeSpan.FromSeconds(2 + (random.NextDouble() * 7)), stop);
            if (stop.IsCancellationRequested)
                return;
            switch (random.Next(20))
            {
                case < 5:
                    await Agent.KillAsync();
                    await AwayAsync("agent killed", stop);
                    Agent.Start();
                    break;
                case < 8:
                    await Agent.StopAsync();
                    await AwayAsync("agent stopped", stop);
                    Agent.Start();
                    break;
                case < 12:
                    Agent.Signal(Stop);
                    await AwayAsync("agent paused", stop);
                    await AwayAsync("", stop);
                    Agent.Signal(Continue);
                    break;
                case < 14:
                    Note("wire cut");
                    wire.Cut();
                    break;
                case < 16:
                    Note("cut off");
                    for (var cut = 0; cut < 20; cut++)
                    {
                        wire.Cut();
                        await TorturedLog.WaitAsync(TimeSpan.FromMilliseconds(150), stop);
                    }

                    break;
                case 16:
                    await fleet.Controller.KillAsync();
                    await AwayAsync("controller killed", stop);
                    await fleet.Controller.StartAsync();
                    break;
                case 17:
                    await fleet.Controller.StopAsync();
                    await AwayAsync("controller stopped", stop);
                    await fleet.Controller.StartAsync();
                    break;
                default:
                    Note("scans changed");
                    await applyAsync(++revision);
                    break;
            }
        }
    }

    private async Task AwayAsync(string what, CancellationToken stop)
    {
        if (what.Length > 0)
            Note(what);
        await TorturedLog.WaitAsync(TimeSpan.FromSeconds(random.NextDouble() * 6), stop);
    }

    private void Note(string what) => Done[what] = Done.GetValueOrDefault(what) + 1;
}
