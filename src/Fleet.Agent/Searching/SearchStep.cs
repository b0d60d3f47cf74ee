using Fleet.Agent.Execution;
using Fleet.LogSearch.Priority;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Searching;

/// <summary>A log search as a step of a task: it runs on a thread of low priority, its results go out as they are found.</summary>
internal sealed class SearchStep(SearchOrder order)
{
    /// <summary>Some source could not be searched, as grep(1) says it.</summary>
    private const int Trouble = 2;

    // What is said after the lines (ends of sources, the end of the search) has to fit behind them.
    private const long Reserve = 64 * 1024;

    public async ValueTask<InProcessEnd> RunAsync(InProcessContext context, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var queue = new ResultQueue(stopping);
        var run = new SearchRun(order, queue, Math.Min(order.ResultBytes, context.KeptBytes - Reserve), context.Time);
        var searching = new WorkPriority().RunAsync(() => Search(run, queue, stopping.Token));
        try
        {
            await foreach (var result in queue.ReadAllAsync())
                await context.WriteAsync(result);
        }
        finally
        {
            // Where the results cannot be written the thread must not search on for nobody.
            await stopping.CancelAsync();
            await ((Task)searching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var (end, faults) = await searching;
        return new InProcessEnd(faults > 0 ? Trouble : 0, new CpuTime(TimeSpan.FromMicroseconds(end.CpuUs), default));
    }

    private static (LogSearchEnd End, int Faults) Search(SearchRun run, ResultQueue queue, CancellationToken cancellationToken)
    {
        try
        {
            return run.Run(cancellationToken);
        }
        finally
        {
            queue.Complete();
        }
    }
}
