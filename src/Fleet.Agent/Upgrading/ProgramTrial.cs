using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Upgrading;

/// <summary>Runs a program for a moment, to see whether it runs at all and what it says.</summary>
internal sealed class ProgramTrial(TimeProvider time)
{
    private const int TextBusy = 26; // ETXTBSY of errno.h.
    private const int MostBytes = 4096;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_busyPause = TimeSpan.FromMilliseconds(50);
    private const int MostBusyTries = 40;

    /// <summary>Runs it.</summary>
    /// <param name="words">The program's path, then its arguments.</param>
    /// <param name="output">A file for what it says; removed afterwards.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>Its exit code, or a number below 0 where it had none; and what it said.</returns>
    public async Task<(int ExitCode, string Said)> RunAsync(IReadOnlyList<string> words, string output, CancellationToken cancellationToken)
    {
        try
        {
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
            return exit.Signal == 0 ? (exit.ExitCode, await ReadAsync(output, cancellationToken)) : (-1, $"it was ended by {Signals.Describe(exit.Signal)}");
        }
        finally
        {
            File.Delete(output);
        }
    }

    private async Task<(ChildProcess? Child, string Refusal)> StartAsync(IReadOnlyList<string> words, string output, CancellationToken cancellationToken)
    {
        File.Delete(output);
        using var nothing = Fd.Own(Libc.Open("/dev/null", Libc.OpenReadWrite | Libc.OpenCloseOnExec), "open");
        using var file = Fd.Own(Libc.Open(output, Libc.OpenNewForWriting | Libc.OpenCloseOnExec, 0b110_000_000), "open");
        var plan = new SpawnPlan
        {
            Program = words[0],
            Arguments = words,
            Environment = [$"PATH={TaskEnvironment.UsualPath}", "LC_ALL=C"],
            Directory = "/",
            Mark = Birthmark.Next(),
            Descriptors = [nothing, file, file],
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

    private static async Task<string> ReadAsync(string output, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(output);
        var bytes = new byte[MostBytes];
        var count = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, count).Trim();
    }
}
