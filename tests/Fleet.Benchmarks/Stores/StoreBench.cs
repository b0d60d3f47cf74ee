using Fleet.Benchmarks.Figures;
using Fleet.Storage;
using Fleet.Storage.LiteDb;
using Fleet.Storage.Sqlite;

namespace Fleet.Benchmarks.Stores;

/// <summary>The kinds of store side by side: the same work for each, piece by piece in turn, in one process and on one disk.</summary>
internal static class StoreBench
{
    private const int SmallJobs = 300;
    private const int LargeJobs = 30;
    private const int Asked = 15;
    private const int Starts = 5;
    private const int ReportsAhead = 8;
    // Of which the times are taken one by one: the first ones are smaller, the last ones what counts.
    private const int Tenths = 10;

    public static async Task RunAsync(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory(Path.Combine(options.DataDirectory, $"stores-{Environment.ProcessId}")).FullName;
        var stores = new List<MeasuredStore>();
        try
        {
            foreach (var files in (IStoreFiles[])[new SqliteStoreFiles(), new LiteDbStoreFiles()])
                stores.Add(await MeasuredStore.CreateAsync(files, directory, cancellationToken));
            await MeasureJobsAsync(stores, report, cancellationToken);
            await MeasureHitsAsync(stores, options.Rows, report, cancellationToken);
            await MeasureQueriesAsync(stores, report, cancellationToken);
            await MeasureStartsAsync(stores, report, cancellationToken);
            await MeasureChecksAsync(stores, report, cancellationToken);
        }
        finally
        {
            foreach (var store in stores)
                await store.DisposeAsync();
            Directory.Delete(directory, recursive: true);
        }

        report.Note($"{options.Rows:#,0} hits in each store; results come from {MeasuredStore.TasksAJob} callers at once, hits in reports of {MeasuredStore.HitsAReport}, {ReportsAhead} at a time; each call returns when it is on the disk.");
        report.Note("The stores take turns, piece by piece. A start is what a controller waits for: opened, and agents, open jobs, scans, alerts and totals read.");
    }

    private static async Task MeasureJobsAsync(IReadOnlyList<MeasuredStore> stores, BenchReport report, CancellationToken cancellationToken)
    {
        Progress.Say("jobs and results");
        foreach (var store in stores)
        {
            // Compiled before it counts.
            await store.ReportResultsAsync(await store.CreateJobAsync(MeasuredStore.TasksAJob, cancellationToken), cancellationToken);
            var seconds = await TakeAsync(async () =>
            {
                for (var n = 0; n < SmallJobs; n++)
                    await store.CreateJobAsync(tasks: 1, cancellationToken);
            });
            report.Add($"{store.Files.Kind}: jobs of one task, one by one", "/s", SmallJobs / seconds);
        }

        var created = stores.ToDictionary(store => store, _ => new List<double>());
        var ended = stores.ToDictionary(store => store, _ => new List<double>());
        for (var n = 0; n < LargeJobs; n++)
        {
            foreach (var store in stores)
            {
                NewJob? job = null;
                created[store].Add(MeasuredStore.TasksAJob / await TakeAsync(async () => job = await store.CreateJobAsync(MeasuredStore.TasksAJob, cancellationToken)));
                ended[store].Add(MeasuredStore.TasksAJob / await TakeAsync(() => store.ReportResultsAsync(job!, cancellationToken)));
            }
        }

        foreach (var store in stores)
        {
            report.Add($"{store.Files.Kind}: tasks created, {MeasuredStore.TasksAJob} a job", "/s", created[store]);
            report.Add($"{store.Files.Kind}: results", "/s", ended[store]);
        }
    }

    private static async Task MeasureHitsAsync(IReadOnlyList<MeasuredStore> stores, int rows, BenchReport report, CancellationToken cancellationToken)
    {
        var rates = stores.ToDictionary(store => store, _ => new List<double>());
        var reports = rows / MeasuredStore.HitsAReport;
        for (var tenth = 0; tenth < Tenths; tenth++)
        {
            foreach (var store in stores)
            {
                var (first, last) = (reports * tenth / Tenths, reports * (tenth + 1) / Tenths);
                var seconds = await TakeAsync(() => Parallel.ForEachAsync(
                    Enumerable.Range(first, last - first),
                    new ParallelOptions { MaxDegreeOfParallelism = ReportsAhead, CancellationToken = cancellationToken },
                    async (n, token) => await store.StoreHitsAsync((long)n * MeasuredStore.HitsAReport, token)));
                rates[store].Add((last - first) * MeasuredStore.HitsAReport / seconds);
                Progress.Say($"{store.Files.Kind}: {last * MeasuredStore.HitsAReport:#,0} hits, {rates[store][^1]:#,0} a second");
            }
        }

        foreach (var store in stores)
        {
            report.Add($"{store.Files.Kind}: hits", "/s", rates[store]);
            report.Add($"{store.Files.Kind}: hits, the last tenth", "/s", rates[store][^1]);
        }
    }

    private static async Task MeasureQueriesAsync(IReadOnlyList<MeasuredStore> stores, BenchReport report, CancellationToken cancellationToken)
    {
        Progress.Say("queries");
        foreach (var store in stores)
        {
            var job = await store.CreateJobAsync(MeasuredStore.TasksAJob, cancellationToken);
            await store.ReportResultsAsync(job, cancellationToken);
            foreach (var (name, ask) in store.Queries(job))
                await AddAsync(store, name, Asked, () => ask(cancellationToken));
            await AddAsync(store, "all hits by template", 1, () => store.CountByTemplateAsync(cancellationToken));
        }

        async Task AddAsync(MeasuredStore store, string name, int times, Func<Task> ask)
        {
            var taken = new List<double>();
            for (var n = 0; n < times; n++)
                taken.Add(await TakeAsync(ask) * 1000);
            report.Add($"{store.Files.Kind}: {name}", "ms", taken);
        }
    }

    private static async Task MeasureStartsAsync(IReadOnlyList<MeasuredStore> stores, BenchReport report, CancellationToken cancellationToken)
    {
        Progress.Say("starts");
        var starts = stores.ToDictionary(store => store, _ => new List<double>());
        for (var n = 0; n < Starts; n++)
        {
            foreach (var store in stores)
                starts[store].Add((await store.ReopenAsync(cancellationToken)).TotalMilliseconds);
        }

        foreach (var store in stores)
        {
            report.Add($"{store.Files.Kind}: start", "ms", starts[store]);
            report.Add($"{store.Files.Kind}: size", "MiB", store.Bytes / (double)(1 << 20));
        }
    }

    private static async Task MeasureChecksAsync(IReadOnlyList<MeasuredStore> stores, BenchReport report, CancellationToken cancellationToken)
    {
        Progress.Say("integrity checks");
        foreach (var store in stores)
        {
            report.Add($"{store.Files.Kind}: integrity check", "ms", 1000 * await TakeAsync(async () =>
            {
                if (await store.Store.CheckAsync(cancellationToken) is [var fault, ..])
                    throw new InvalidOperationException($"The {store.Files.Kind} store is not sound: {fault}");
            }));
        }
    }

    private static async Task<double> TakeAsync(Func<Task> work)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }
}
