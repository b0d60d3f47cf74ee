using System.Globalization;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Fleet.Storage;
using Fleet.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Benchmarks.Micro;

/// <summary>A job of 1,000 tasks on its way through the store: created with its dispatches, then one append with all results.</summary>
public class StoreBenchmarks
{
    private const int Hosts = 1000;
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private string _directory = "";
    private SqliteFleetStore _store = null!;
    private int _jobs;

    /// <summary>Opens a store in a directory of its own.</summary>
    [GlobalSetup]
    public async Task OpenAsync()
    {
        _directory = Directory.CreateTempSubdirectory("fleet-bench-").FullName;
        _store = await SqliteFleetStore.OpenAsync(
            new SqliteStoreOptions { Path = Path.Combine(_directory, "fleet.db") }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
    }

    /// <summary>Closes it and leaves nothing.</summary>
    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Two durable commits.</summary>
    [Benchmark]
    public async Task<int> Store_a_job_of_1000_tasks_and_its_results()
    {
        var job = NewJob();
        var creation = _store.Jobs.CreateAsync(job, CancellationToken.None);
        var sent = _store.Events.AppendAsync([.. Each(job, Dispatched)], CancellationToken.None);
        await creation;
        await sent;
        var results = await _store.Events.AppendAsync([.. Each(job, Results).SelectMany(entries => entries)], CancellationToken.None);
        return results.Entries.Count;
    }

    private NewJob NewJob()
    {
        var id = $"20260101-000000-{(++_jobs).ToString("D4", CultureInfo.InvariantCulture)}";
        return new NewJob
        {
            Id = id, RequestId = id, CreatedAt = At, OperatorId = "o-1", OperatorName = "ann", Target = "*", Summary = "ping",
            SpecBytes = [1], SpecDigest = SHA256.HashData([1]),
            Tasks = [.. Enumerable.Range(1, Hosts).Select(n => new NewTask($"a-{n}", $"host{n}"))],
        };
    }

    private static IEnumerable<T> Each<T>(NewJob job, Func<NewJob, int, T> make) => Enumerable.Range(1, Hosts).Select(n => make(job, n));

    private static TaskEntry Dispatched(NewJob job, int ordinal) =>
        Entry(job, ordinal, TaskEventKind.Dispatched, null) with { Move = new TaskMove(TaskState.Dispatched) { DispatchedTo = "boot/journal" } };

    private static TaskEntry[] Results(NewJob job, int ordinal) =>
    [
        Entry(job, ordinal, TaskEventKind.Started, 1) with { Move = new TaskMove(TaskState.Running) { StartedAt = At } },
        Entry(job, ordinal, TaskEventKind.StepEnded, 2),
        Entry(job, ordinal, TaskEventKind.Ended, 3) with { Move = new TaskMove(TaskState.Succeeded) { EndedAt = At, ExitCode = 0, ResultBytes = [1] } },
    ];

    private static TaskEntry Entry(NewJob job, int ordinal, TaskEventKind kind, long? seq) => new()
    {
        JobId = job.Id, Ordinal = ordinal, Kind = kind, At = At, AgentSeq = seq, Data = [1],
    };
}
