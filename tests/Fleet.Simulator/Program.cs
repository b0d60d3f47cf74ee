using Fleet.Simulator;

// N agents in one process, each with its own identity and its own TLS connection, for measurements of a controller.
if (SimulatorOptions.Parse(args, out var fault) is not { } options)
{
    Console.Error.WriteLine($"fleet-simulator: {fault}\n{SimulatorOptions.Usage}");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var report = new Report(Console.Out, TimeProvider.System);
using var enrolling = await Enrolling.BeginAsync(options, stop.Token);
await using var fleet = new SimulatedFleet(options, report, TimeProvider.System);
using var holding = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
var held = fleet.HoldAsync(holding.Token);
await fleet.StartAsync(enrolling, stop.Token);

if (options.OperatorToken is { } token)
{
    using var identity = await enrolling.OperatorAsync(token, $"{options.Prefix}-operator", stop.Token);
    if (options.HitSeconds > 0)
        await new HitRounds(options, report, TimeProvider.System).RunAsync(enrolling, identity, fleet.Agents, stop.Token);
    else
        await new PingRounds(options, report, TimeProvider.System).RunAsync(enrolling, identity, stop.Token);
}

if (options.Hold is { } hold)
    holding.CancelAfter(hold);
await held;
report.Write("stopped");
return 0;
