using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Fleet.Benchmarks.Fanout;

/// <summary>The floor: the same processes started with posix_spawn(3) and nothing around them, no network, no output kept.</summary>
/// <remarks>
/// As many chains as there are hosts run at once, each starting its next command when the last has ended; a thread for each CPU
/// starts and reaps its share of them. It runs in a process of its own, where nobody else waits for children.
/// </remarks>
internal static unsafe partial class BareProcesses
{
    private const int OnlyMyThreads = 0x20000000; // __WNOTHREAD of wait(2)
    private const int Interrupted = 4;

    /// <summary>The helper process: prints the milliseconds that it took.</summary>
    public static int RunAsHelper(string hosts, string[] lines)
    {
        var chains = int.Parse(hosts, CultureInfo.InvariantCulture);
        // Once beforehand, so that nothing is compiled or looked up while the clock runs.
        Run(2, ["true"]);
        var start = Stopwatch.GetTimestamp();
        Run(chains, lines);
        Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture));
        return 0;
    }

    private static void Run(int chains, string[] lines)
    {
        var threads = new List<Thread>();
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            var share = (chains / Environment.ProcessorCount) + (i < chains % Environment.ProcessorCount ? 1 : 0);
            var thread = new Thread(() => RunShare(share, lines));
            thread.Start();
            threads.Add(thread);
        }

        threads.ForEach(thread => thread.Join());
    }

    private static void RunShare(int chains, string[] lines)
    {
        var shell = Marshal.StringToCoTaskMemUTF8("/bin/sh");
        var option = Marshal.StringToCoTaskMemUTF8("-c");
        var commands = lines.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        var quiet = Marshal.StringToCoTaskMemUTF8("/dev/null");
        var actions = NativeMemory.AllocZeroed(1024);
        Check(posix_spawn_file_actions_init(actions));
        for (var fd = 0; fd <= 2; fd++)
            Check(posix_spawn_file_actions_addopen(actions, fd, quiet, fd == 0 ? 0 : 1, 0));
        var steps = new Dictionary<int, int>();
        var argv = stackalloc nint[4];
        for (var chain = 0; chain < chains; chain++)
            steps[Start(0)] = 0;
        while (steps.Count > 0)
        {
            int status;
            var pid = waitpid(-1, &status, OnlyMyThreads);
            if (pid < 0 && Marshal.GetLastPInvokeError() == Interrupted)
                continue;
            if (pid < 0 || status != 0)
                throw new InvalidOperationException($"A process of the floor ended with wait status {status} ({pid}).");
            if (steps.Remove(pid, out var step) && step + 1 < commands.Length)
                steps[Start(step + 1)] = step + 1;
        }

        int Start(int step)
        {
            argv[0] = shell;
            argv[1] = option;
            argv[2] = commands[step];
            argv[3] = 0;
            int pid;
            Check(posix_spawn(&pid, shell, actions, null, argv, Environ()));
            return pid;
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new InvalidOperationException($"A process of the floor did not start, errno {error}.");
    }

    private static nint* Environ() => *(nint**)NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "environ");

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* pid, nint path, void* actions, void* attributes, nint* argv, nint* environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addopen(void* actions, int fd, nint path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);
}
