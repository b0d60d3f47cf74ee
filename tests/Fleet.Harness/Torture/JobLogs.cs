using System.Globalization;

namespace Fleet.Harness.Torture;

/// <summary>Short-lived files under a glob, hundreds of them: each gets some lines, stays for a while and is removed.</summary>
internal sealed class JobLogs(string directory, int seed)
{
    public const string Name = "jobs";

    private readonly List<TorturedLog> _logs = [];

    public string Glob => Path.Combine(directory, "*.log");

    /// <summary>All that there ever were.</summary>
    public IReadOnlyList<TorturedLog> Logs => _logs;

    public async Task RunAsync(CancellationToken stop)
    {
        Directory.CreateDirectory(directory);
        var random = new Random(seed);
        var running = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            var number = _logs.Count;
            var log = new TorturedLog(string.Create(CultureInfo.InvariantCulture, $"{Name}.{number}"), Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"job-{number}.log")), seed + number);
            _logs.Add(log);
            running.Add(RunJobAsync(log, random.Next(1, 4), TimeSpan.FromSeconds(random.NextDouble() * 5), TimeSpan.FromSeconds(1 + (random.NextDouble() * 60)), stop));
            await TorturedLog.WaitAsync(TimeSpan.FromSeconds(random.NextDouble()), stop);
        }

        await Task.WhenAll(running);
    }

    private static async Task RunJobAsync(TorturedLog log, int bursts, TimeSpan pause, TimeSpan stays, CancellationToken stop)
    {
        for (var burst = 0; burst < bursts && !stop.IsCancellationRequested; burst++)
        {
            log.Write(2);
            await TorturedLog.WaitAsync(pause, stop);
        }

        log.Dispose();
        await TorturedLog.WaitAsync(stays, stop);
        // The last ones stay, so that all of them can be read in the end.
        if (!stop.IsCancellationRequested)
            File.Delete(log.Path);
    }
}
