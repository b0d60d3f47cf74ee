using System.Collections.Concurrent;
using Grpc.Core;

namespace Fleet.Simulator;

/// <summary>All agents of a simulation.</summary>
internal sealed class SimulatedFleet(SimulatorOptions options, Report report, TimeProvider time) : IAsyncDisposable
{
    // A third of the usual silence limit.
    private static readonly TimeSpan BeatPeriod = TimeSpan.FromSeconds(4);
    private readonly ConcurrentBag<SimulatedAgent> _agents = [];
    private readonly ConcurrentBag<Task> _running = [];
    private readonly CancellationTokenSource _ending = new();
    private int _linked;

    /// <summary>Agents whose link stands.</summary>
    public int Linked => Volatile.Read(ref _linked);

    /// <summary>Those that were linked.</summary>
    public IReadOnlyList<SimulatedAgent> Agents => [.. _agents];

    /// <summary>Enrolls and links all agents, a bounded number at once.</summary>
    public async Task StartAsync(Enrolling enrolling, CancellationToken cancellationToken)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(1, options.Count + 1, limits, async (number, token) =>
        {
            var identity = await enrolling.AgentAsync(options.Token, $"{options.Prefix}{number}", token);
            var agent = new SimulatedAgent(options.Controller.ToUri(), enrolling.Trust, identity, time);
            _agents.Add(agent);
            await agent.LinkAsync(token);
            Interlocked.Increment(ref _linked);
            _running.Add(ServeAsync(agent, _ending.Token));
        });
        report.Write("linked", ("agents", Linked));
    }

    /// <summary>Keeps all links alive, with one timer, and tells how they are, until the token says so. Call it before the first links.</summary>
    public async Task HoldAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BeatPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                foreach (var agent in _agents)
                    agent.Beat();
                report.Write("stats", ("linked", Linked), ("tasks", _agents.Sum(agent => agent.Tasks)));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }

        await _ending.CancelAsync();
        await Task.WhenAll(_running);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
            await agent.DisposeAsync();
        _ending.Dispose();
    }

    private async Task ServeAsync(SimulatedAgent agent, CancellationToken cancellationToken)
    {
        try
        {
            await agent.RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException)
        {
            if (!cancellationToken.IsCancellationRequested)
                report.Write("lost", ("reason", e.Message));
        }
        finally
        {
            Interlocked.Decrement(ref _linked);
        }
    }
}
