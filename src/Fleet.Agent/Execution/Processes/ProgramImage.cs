using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>What this process is: it can become another program and stay the same process (execve(2)).</summary>
internal static unsafe class ProgramImage
{
    private const int SetMask = 2;
    private const int MaskBytes = 128;

    /// <summary>Becomes another program, which gets signals as a fresh process does. Returns only where that fails: the error number.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments, its own name first.</param>
    /// <param name="environment">Its variables.</param>
    internal static int Replace(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        using var path = new NativeStrings([program]);
        using var words = new NativeStrings(arguments);
        using var variables = new NativeStrings(environment);

        // The runtime ignores SIGPIPE, and ignoring survives exec. Handlers do not: leave them, the runtime still needs them.
        for (var signal = 1; signal <= Signals.Highest; signal++)
        {
            if (Signals.IsIgnored(signal))
                _ = Libc.Signal(signal, 0);
        }

        var none = stackalloc byte[MaskBytes];
        _ = Libc.SignalSetEmpty(none);
        _ = Libc.SignalMask(SetMask, none, null);
        _ = Libc.Execute(path.First, words.Pointers, variables.Pointers);
        var error = Errno.Last;

        // This program goes on, and counts on the error number where nobody reads any more.
        _ = Libc.Signal(Signals.BrokenPipe, Signals.Ignored);
        return error;
    }
}
