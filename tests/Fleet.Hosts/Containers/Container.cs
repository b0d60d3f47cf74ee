using System.Diagnostics;
using Fleet.Harness;
using Fleet.Hosts.Machine;

namespace Fleet.Hosts.Containers;

/// <summary>One run of a host, from power on to power off or reboot: one process of systemd-nspawn.</summary>
internal sealed class Container : IAsyncDisposable
{
    // Enters the host's cgroups before it becomes systemd-nspawn: the directories come first, then "--", then the command.
    private const string EnterCgroups = """while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@" """;

    // nspawn(1): with --keep-unit it leaves a reboot to whoever started it, by this exit code.
    private const int RebootExitCode = 133;
    private static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly Task<int> _ended;

    private Container(ChildProcess process)
    {
        _process = process;
        _ended = process.WaitAsync(Timeout.InfiniteTimeSpan);
    }

    /// <summary>The host's first process, as this machine sees it.</summary>
    internal int Leader { get; private set; }

    /// <summary>From the start of systemd-nspawn until the host said that it was up.</summary>
    internal TimeSpan BootTime { get; private set; }

    /// <summary>What the host wrote to its console.</summary>
    internal string Console => _process.Output;

    /// <summary>Boots.</summary>
    /// <param name="plan">The host.</param>
    /// <exception cref="InvalidOperationException">It did not come up; the message holds its console.</exception>
    internal static async Task<Container> BootAsync(ContainerPlan plan)
    {
        using var ready = new ReadySocket(plan.ReadySocket);
        using var patience = new CancellationTokenSource(BootLimit);
        var clock = Stopwatch.StartNew();
        var process = ChildProcess.Start(
            plan.Machine,
            "/bin/sh",
            ["-c", EnterCgroups, "sh", .. plan.Cgroups, "--", "systemd-nspawn", .. Options(plan)],
            Environment(plan));
        var container = new Container(process);
        var up = ready.WaitAsync(patience.Token);
        try
        {
            if (await Task.WhenAny(up, container._ended) == up)
            {
                container.Leader = await up;
                container.BootTime = clock.Elapsed;
                return container;
            }

            throw new InvalidOperationException($"{plan.Machine} ended with {await container._ended} while it booted:\n{process.Output}");
        }
        catch (Exception e)
        {
            await patience.CancelAsync();
            var console = process.Output;
            await container.DisposeAsync();
            throw e is OperationCanceledException ? new InvalidOperationException($"{plan.Machine} did not come up within {BootLimit}:\n{console}") : e;
        }
    }

    /// <summary>Waits until the host is off; true where it wants to be booted again.</summary>
    internal async Task<bool> WaitForRebootAsync() => await _ended == RebootExitCode;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Signal(Native.SigKill);
        await _ended;
        await _process.DisposeAsync();
    }

    private static Dictionary<string, string> Environment(ContainerPlan plan)
    {
        var environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = plan.ReadySocket };
        // systemd's docs/ENVIRONMENT.md. Otherwise nspawn does as this machine does.
        if (plan.IsUnified)
            environment["SYSTEMD_NSPAWN_UNIFIED_HIERARCHY"] = "1";
        return environment;
    }

    private static string[] Options(ContainerPlan plan) =>
    [
        "--boot", "--register=no", "--keep-unit", "--quiet", "--notify-ready=yes", "--console=pipe", "--link-journal=no", "--settings=no",
        "--resolv-conf=off", "--timezone=off", $"--machine={plan.Machine}", $"--hostname={plan.HostName}", $"--directory={plan.Root}",
        $"--network-bridge={plan.Bridge}", .. plan.Shared.Select(directory => $"--bind-ro={directory}"),
    ];
}
