using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Upgrading;

/// <summary>Runs a program for a moment, to see whether it runs at all and what it says, which is kept in memory: the disk may be full.</summary>
internal sealed class ProgramTrial(TimeProvider time)
{
    private const uint MemoryFileCloseOnExec = 1; // MFD_CLOEXEC of memfd_create(2).
    private const int TextBusy = 26; // ETXTBSY of errno.h.
    private const int MostBytes = 4096;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_busyPause = TimeSpan.FromMilliseconds(50);
    private const int MostBusyTries = 40;

    /// <summary>Runs it.</summary>
    /// <param name="words">The program's path, then its arguments.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>Its exit code, or a number below 0 where it had none; and what it said.</returns>
    public async Task<(int ExitCode, string Said)> RunAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        using var output = Fd.Own(Libc.MemoryFile("fleet-trial", MemoryFileCloseOnExec), "memfd_create");
        var (child, refusal) = await StartAsync(words, output, cancellationToken);
        if (child is null)
            return (-1, refusal);
        using var limit = new CancellationTokenSource(s_limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await using var killed = either.Token.UnsafeRegister(static it => ((ChildProcess)it!).SignalGroup(Signals.Kill), child);
        var exit = await child.Exited;
        cancellationToken.ThrowIfCancellationRequested();
        if (limit.IsCancellationRequested)
            return (-1, $"it did not end within {s_limit.TotalSeconds:0} s");
        return exit.Signal == 0 ? (exit.ExitCode, Read(output)) : (-1, $"it was ended by {Signals.Describe(exit.Signal)}");
    }

    private async Task<(ChildProcess? Child, string Refusal)> StartAsync(IReadOnlyList<string> words, Fd output, CancellationToken cancellationToken)
    {
        using var nothing = Fd.Own(Libc.Open("/dev/null", Libc.OpenReadWrite | Libc.OpenCloseOnExec), "open");
        var plan = new SpawnPlan
        {
            Program = words[0],
            Arguments = words,
            Environment = [$"PATH={TaskEnvironment.UsualPath}", "LC_ALL=C"],
            Directory = "/",
            Mark = TimerSlackMark.Next(),
            Descriptors = [nothing, output, output],
        };
        for (var tries = 0; ; tries++)
        {
            if (ChildProcesses.Shared.Start(plan, out var error) is { } child)
                return (child, "");
            // A task that was being started while the program was written has it open until its own exec.
            if (error != TextBusy || tries == MostBusyTries)
                return (null, $"it cannot be executed: {Errno.Describe(error)}");
            await Task.Delay(s_busyPause, time, cancellationToken);
        }
    }

    private static string Read(Fd output)
    {
        using var file = new SafeFileHandle(output.Number, ownsHandle: false);
        var bytes = new byte[MostBytes];
        var count = RandomAccess.Read(file, bytes, 0);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, count).Trim();
    }
}
