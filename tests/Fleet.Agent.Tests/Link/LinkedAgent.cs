using Fleet.Agent.Execution;
using Fleet.Agent.Facts;
using Fleet.Agent.Journal;
using Fleet.Agent.Link;
using Fleet.Agent.Scanning;
using Fleet.Agent.Tasks;
using Fleet.Agent.Upgrading;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Link;

/// <summary>An agent without its process: journal, executor, desk and link, in this one.</summary>
internal sealed class LinkedAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskExecutor _executor;
    private readonly Task _linking;
    private readonly ScanDesk? _scans;

    public LinkedAgent(string directory, ILinkDialer dialer, TimeProvider? clock = null, LinkOptions? options = null, int maxTasks = 4, Upgrader? upgrader = null, bool hasScans = false, Func<CancellationToken, Task>? networkChanged = null)
    {
        var time = clock ?? TimeProvider.System;
        var state = new StateDirectory(directory);
        state.Create();
        var facts = new HostFacts(new HostFiles());
        Journal = new TaskJournal(state, facts.BootId(), 256 << 20, time, NullLogger<TaskJournal>.Instance);
        _executor = new TaskExecutor(
            new TaskExecutorOptions { StateDirectory = state.Path, MaxTasks = maxTasks, MaxQueuedTasks = 8 }, TimeProvider.System, NullLogger<TaskExecutor>.Instance);
        Desk = new TaskSupervisor(_executor, Journal, new TaskPolicy(null, ["ping"], upgrader), time, NullLogger<TaskSupervisor>.Instance);
        var fast = options ?? new LinkOptions { BackOffBase = TimeSpan.FromMilliseconds(20), BackOffCap = TimeSpan.FromMilliseconds(50) };
        _scans = hasScans ? new ScanDesk(state.Scans, new ScanOptions(), new ScanHost("host1", facts.BootId()), time, NullLoggerFactory.Instance) : null;
        var parts = new LinkParts("process", Journal, Desk, facts, null, fast, time, _scans);
        var link = new LinkClient(dialer, parts, new ReconnectPolicy(fast, new Random(6)), NullLogger<LinkClient>.Instance)
        {
            NetworkChanged = networkChanged ?? (stop => Task.Delay(Timeout.InfiniteTimeSpan, stop)),
        };
        _linking = link.RunAsync(_stop.Token);
    }

    public TaskJournal Journal { get; }

    public TaskSupervisor Desk { get; }

    public async ValueTask DisposeAsync()
    {
        await Desk.StopAsync("", CancellationToken.None).WaitAsync(ScriptedController.Patience);
        await _stop.CancelAsync();
        await _linking.WaitAsync(ScriptedController.Patience);
        if (_scans is not null)
            await _scans.DisposeAsync();
        Journal.Dispose();
        _stop.Dispose();
    }
}
