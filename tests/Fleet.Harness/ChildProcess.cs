using System.Diagnostics;
using System.Text;

namespace Fleet.Harness;

/// <summary>A process that the harness started: its output is collected, and it never outlives the harness.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _lock = new();
    private readonly Task _reading;

    private ChildProcess(Process process, string name)
    {
        _process = process;
        Name = name;
        _reading = Task.WhenAll(CollectAsync(process.StandardOutput), CollectAsync(process.StandardError));
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it is gone.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Everything it has printed so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
                return _output.ToString();
        }
    }

    /// <summary>Starts a program.</summary>
    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        // Run by nohup(1) or in a shell's background, as builds are, this process ignores SIGHUP, SIGINT and SIGQUIT, and so would all that it
        // starts. Neither daemons nor commands at a terminal are started like that.
        string[] wrapper = AreSignalsIgnored() ? ["env", "--default-signal=HUP,INT,QUIT", program] : [program];
        var start = new ProcessStartInfo(wrapper[0])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var argument in wrapper.Skip(1).Concat(arguments))
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.StandardInput.Close();
        return new ChildProcess(process, name);
    }

    private static bool AreSignalsIgnored() => File.ReadLines("/proc/self/status")
        .Any(line => line.StartsWith("SigIgn:", StringComparison.Ordinal) && (Convert.ToInt32(line[^1..], 16) & 7) != 0);

    /// <summary>Sends a signal: 15 to end it, 9 to kill it, 19 and 18 to stop and continue it.</summary>
    public void Signal(int number) => Native.Kill(_process.Id, number);

    /// <summary>Waits until it has ended by itself and what it printed has been read.</summary>
    /// <exception cref="TimeoutException">It has not.</exception>
    public async Task<int> WaitAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} did not end within {limit}. It printed:\n{Output}");
        }

        await DrainAsync();
        return _process.ExitCode;
    }

    /// <summary>Kills it as a crash would (SIGKILL) and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            Signal(9);
        await WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Asks it to end (SIGTERM) and waits; kills it when it does not.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
            Signal(15);
        try
        {
            return await WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException)
        {
            await KillAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal(9);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        await DrainAsync();
        _process.Dispose();
    }

    // A daemonized grandchild may hold the pipe: what it prints is nobody's business here.
    private Task DrainAsync() => Task.WhenAny(_reading, Task.Delay(TimeSpan.FromSeconds(1)));

    private async Task CollectAsync(StreamReader reader)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lock (_lock)
                    _output.AppendLine(line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process was disposed while a grandchild held its pipe.
        }
    }
}
