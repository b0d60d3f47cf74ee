using System.Globalization;
using System.Security.Cryptography;
using Fleet.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Benchmarks.Stores;

/// <summary>One store of a kind in a directory of its own, and the pieces of work whose time is taken. All kinds get the same.</summary>
internal sealed class MeasuredStore : IAsyncDisposable
{
    /// <summary>Tasks of a large job.</summary>
    public const int TasksAJob = 200;

    /// <summary>Findings of a report.</summary>
    public const int HitsAReport = 500;

    private const int Agents = 50;
    private const int Scans = 10;
    private const int Templates = 40;
    private static readonly DateTimeOffset s_at = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] s_line = "Out of memory: Killed process 4711 (java) total-vm:8123456kB, anon-rss:4123456kB, file-rss:0kB"u8.ToArray();

    private readonly string _directory;
    private int _jobs;

    private MeasuredStore(IStoreFiles files, string directory, IFleetStore store) => (Files, _directory, Store) = (files, directory, store);

    /// <summary>Its kind.</summary>
    public IStoreFiles Files { get; }

    /// <summary>It.</summary>
    public IFleetStore Store { get; private set; }

    private string FilePath => Path.Combine(_directory, Files.FileName);

    /// <summary>Makes it below a directory.</summary>
    public static async Task<MeasuredStore> CreateAsync(IStoreFiles files, string parent, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory(Path.Combine(parent, files.Kind)).FullName;
        return new MeasuredStore(files, directory, await OpenAsync(files, Path.Combine(directory, files.FileName), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Creates a job; its tasks are those of the first hosts.</summary>
    public async Task<NewJob> CreateJobAsync(int tasks, CancellationToken cancellationToken)
    {
        var id = $"20260101-000000-{(++_jobs).ToString("D6", CultureInfo.InvariantCulture)}";
        var job = new NewJob
        {
            Id = id, RequestId = id, CreatedAt = s_at.AddSeconds(_jobs), OperatorId = "o-1", OperatorName = "ann", Target = "*", Summary = "uptime",
            SpecBytes = new byte[60], SpecDigest = SHA256.HashData([1]), Tasks = [.. Enumerable.Range(1, tasks).Select(n => new NewTask($"a-{n}", $"host{n}"))],
        };
        await Store.Jobs.CreateAsync(job, cancellationToken);
        return job;
    }

    /// <summary>All hosts of a job at once report that they began it, what it said, and that it ended.</summary>
    public async Task ReportResultsAsync(NewJob job, CancellationToken cancellationToken) => await Task.WhenAll(
        Enumerable.Range(1, job.Tasks.Count).Select(ordinal => Store.Events.AppendAsync(Results(job, ordinal), cancellationToken)));

    /// <summary>Stores a report of hits; they differ in time, agent, scan and kind.</summary>
    public Task StoreHitsAsync(long first, CancellationToken cancellationToken) => Store.Findings.AppendAsync(
        [.. Enumerable.Range(0, HitsAReport).Select(n => Hit(first + n))], s_at.AddSeconds(first / 1000.0), cancellationToken);

    /// <summary>Closes it and opens it again; how long the opening took, and reading what a controller reads at its start.</summary>
    public async Task<TimeSpan> ReopenAsync(CancellationToken cancellationToken)
    {
        await Store.DisposeAsync();
        var begun = TimeProvider.System.GetTimestamp();
        Store = await OpenAsync(Files, FilePath, cancellationToken);
        _ = await Store.Agents.ListAsync(includeRemoved: false, cancellationToken);
        _ = await Store.Jobs.ListOpenAsync(cancellationToken);
        _ = await Store.Scans.ListAsync(cancellationToken);
        _ = await Store.Alerts.LoadAsync(cancellationToken);
        _ = await Store.Findings.TotalsAsync(cancellationToken);
        return TimeProvider.System.GetElapsedTime(begun);
    }

    /// <summary>Size of its files; exact right after it was opened.</summary>
    public long Bytes => Directory.EnumerateFiles(_directory).Sum(file => new FileInfo(file).Length);

    /// <summary>What is asked of a store, by name.</summary>
    public IReadOnlyDictionary<string, Func<CancellationToken, Task>> Queries(NewJob job) => new Dictionary<string, Func<CancellationToken, Task>>(StringComparer.Ordinal)
    {
        ["newest 100 hits of a scan"] = token => Store.Findings.ReadAsync(new FindingQuery { Scans = ["scan3"] }, token),
        ["newest 100 hits of all scans"] = token => Store.Findings.ReadAsync(new FindingQuery(), token),
        ["newest 100 hits of an agent"] = token => Store.Findings.ReadAsync(new FindingQuery { AgentIds = ["a-7"] }, token),
        ["50 newest jobs"] = token => Store.Jobs.ListAsync(new JobQuery(), token),
        ["tasks of a job of 200"] = token => Store.Jobs.ListTasksAsync(job.Id, new TaskQuery(), token),
        ["log of 600 events"] = token => Store.Events.ReadAsync(job.Id, 0, 1000, 1 << 20, token),
    };

    /// <summary>Counts all hits by template.</summary>
    public Task CountByTemplateAsync(CancellationToken cancellationToken) => Store.Findings.ClustersAsync(new FindingQuery(), cancellationToken);

    private static Task<IFleetStore> OpenAsync(IStoreFiles files, string path, CancellationToken cancellationToken) =>
        files.OpenAsync(path, new StoreExpectation { FleetId = "bench", LeastRevision = 0 }, TimeProvider.System, NullLogger.Instance, cancellationToken);

    private static TaskEntry[] Results(NewJob job, int ordinal)
    {
        return
        [
            Entry(TaskEventKind.Started, 1) with { Move = new TaskMove(TaskState.Running) { DispatchedTo = "boot/journal", StartedAt = s_at } },
            Entry(TaskEventKind.Output, 2) with { Data = s_line },
            Entry(TaskEventKind.Ended, 3) with { Move = new TaskMove(TaskState.Succeeded) { ExitCode = 0, ResultBytes = new byte[40] } },
        ];

        TaskEntry Entry(TaskEventKind kind, long seq) => new() { JobId = job.Id, Ordinal = ordinal, Kind = kind, At = s_at, AgentSeq = seq };
    }

    private static Finding Hit(long n)
    {
        var agent = n / HitsAReport % Agents;
        return new Finding
        {
            Kind = FindingKind.Hit, Scan = $"scan{n % Scans}", AgentId = $"a-{agent}", AgentName = $"host{agent}", Id = BitConverter.GetBytes(n), Severity = 3,
            Pattern = "oom", Source = "/var/log/syslog", Template = $"kind {n % Templates} of <*>", At = s_at.AddMilliseconds(n), Text = s_line, Data = new byte[30],
        };
    }
}
