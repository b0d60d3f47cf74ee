using System.Text;

namespace Fleet.Harness.Torture;

/// <summary>
/// Logs are written and rotated in some forty ways while the agent is killed, stopped, paused and cut off: in the end each line is stored once, or lies
/// within a gap.
/// </summary>
public sealed class TortureCourse : IDisposable
{
    private const int LinesBefore = 5;
    private const string Nobody = "65534";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_settles = TimeSpan.FromSeconds(8);

    // Half a line waits for its writer up to a minute.
    private static readonly TimeSpan s_longestSettling = TimeSpan.FromMinutes(3);

    private readonly TortureOptions _options;
    private readonly FleetOnThisMachine _fleet;
    private readonly List<StyleRun> _runs = [];
    private readonly List<string> _skipped = [];
    private readonly CancellationTokenSource _rotationOver = new();
    private readonly CancellationTokenSource _writingOver = new();
    private readonly JobLogs _jobs;

    private TortureCourse(TortureOptions options, FleetOnThisMachine fleet)
    {
        (_options, _fleet) = (options, fleet);
        _jobs = new JobLogs(Path.Combine(Logs, JobLogs.Name), options.Seed);
    }

    private string Logs => Path.Combine(_fleet.Directory, "logs");

    /// <inheritdoc/>
    public void Dispose()
    {
        _rotationOver.Dispose();
        _writingOver.Dispose();
    }

    /// <summary>Runs a course to its end.</summary>
    public static async Task<TortureTable> RunAsync(TortureOptions options, CancellationToken cancellationToken)
    {
        // All styles together are more than one agent may report a minute: it would be slowed down, and the surplus counted instead of stored.
        await using var fleet = await FleetOnThisMachine.StartAsync("--set", "agents.heartbeatTimeout=3s", "--set", "agents.maxHitsPerMinute=1000000");
        await using var wire = FaultyWire.To(fleet.Controller.Port);
        using var course = new TortureCourse(options, fleet);
        try
        {
            return await course.RunAsync(wire, cancellationToken);
        }
        finally
        {
            foreach (var run in course._runs)
            {
                run.Log.Dispose();
                run.Style.Leave(run.Directory);
            }
        }
    }

    private async Task<TortureTable> RunAsync(FaultyWire wire, CancellationToken cancellationToken)
    {
        // 1. Logs with some lines that no scan asks for, an agent, and a scan for each style.
        Prepare();
        await StartAgentAsync(wire);
        await ApplyAsync(0);
        await BeginAsync();

        // 2. All at once: writers, rotations, chaos.
        _options.Say($"{_runs.Count + 1} styles for {_options.Duration}, seed {_options.Seed}");
        using var chaosOver = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var chaos = new TortureChaos(_fleet, wire, ApplyAsync, new Random(_options.Seed));
        var writing = _runs.ConvertAll(run => Task.Run(() => run.Log.WriteAsync(_writingOver.Token), CancellationToken.None));
        var rotating = _runs.ConvertAll(run => Task.Run(() => RotateAsync(run), CancellationToken.None));
        var jobs = Task.Run(() => _jobs.RunAsync(_rotationOver.Token), CancellationToken.None);
        var disturbing = Task.Run(() => chaos.RunAsync(chaosOver.Token), CancellationToken.None);
        try
        {
            await TorturedLog.WaitAsync(_options.Duration, cancellationToken);
            await EndAsync([jobs, .. rotating], chaosOver, disturbing, writing, cancellationToken);
        }
        finally
        {
            // Nobody writes any more where one of them failed, and the directory can go: the fault is not hidden by one of removing it.
            await Task.WhenAll(_rotationOver.CancelAsync(), chaosOver.CancelAsync(), _writingOver.CancelAsync());
            await Task.WhenAll([jobs, disturbing, .. rotating, .. writing]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // 4. What is there.
        return new TortureTable(await SettledAsync(cancellationToken), _skipped, chaos.Done);
    }

    private async Task EndAsync(
        IEnumerable<Task> rotating, CancellationTokenSource chaosOver, Task disturbing, IEnumerable<Task> writing, CancellationToken cancellationToken)
    {
        // 3. First the rotations end, then the chaos, then the writers: what is written last has been read last.
        await _rotationOver.CancelAsync();
        await Task.WhenAll(rotating);
        await chaosOver.CancelAsync();
        await disturbing;
        await TorturedLog.WaitAsync(s_settles, cancellationToken);
        await _writingOver.CancelAsync();
        await Task.WhenAll(writing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Prepare()
    {
        Directory.CreateDirectory(Logs);
        Directory.CreateDirectory(Path.Combine(Logs, JobLogs.Name));
        foreach (var style in LogStyles.All)
        {
            var missing = style.Needs.Where(program => !Array.Exists(["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"], directory => File.Exists(directory + program))).ToList();
            var directory = missing.Count > 0 ? null : style.Prepare(Path.Combine(Logs, style.Name));
            if (directory is null)
            {
                _skipped.Add($"{style.Name} is skipped: {(missing.Count > 0 ? string.Join(", ", missing) + " is not here" : "it cannot be prepared here")}");
                continue;
            }

            var log = new TorturedLog(style.Name, Path.Combine(directory, style.Live), _options.Seed)
            {
                Kind = style.Kind,
                Appends = style.Appends,
                OpensEachTime = style.OpensEachTime,
                Halves = style.Halves,
                HasHeader = style.HasHeader,
                Signal = style.IsSignalled ? Path.Combine(directory, "reopen~") : null,
            };
            log.Write(LinesBefore);
            log.Before = LinesBefore;
            _runs.Add(new StyleRun(style, directory, log, new Random(_options.Seed + _runs.Count), _rotationOver.Token));
        }
    }

    private async Task StartAgentAsync(FaultyWire wire)
    {
        var agent = _fleet.NewAgent("web1");
        await agent.EnrollAsync(wire.Address, await _fleet.CreateTokenAsync());
        if (_options.IsUnprivileged)
        {
            agent.StartedBy = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"];
            File.SetUnixFileMode(_fleet.Directory, (UnixFileMode)0b111_101_101);
            var owned = await OneShot.RunAsync("chown", ["-R", $"{Nobody}:{Nobody}", agent.StateDirectory]);
            if (owned.ExitCode != 0)
                throw new InvalidOperationException($"The agent cannot be given another user: {owned}");
        }

        agent.Start();
        await _fleet.WaitOnlineAsync(1);
    }

    private async Task ApplyAsync(int revision)
    {
        var scans = new StringBuilder("scans:\n");
        foreach (var (name, source) in _runs.Select(run => (run.Style.Name, run.Style.Glob is { } glob ? Path.Combine(run.Directory, glob) : run.Path)).Append((JobLogs.Name, _jobs.Glob)))
        {
            // With another condition it is another order: its logs are closed and opened again.
            scans.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""
                  - name: {{name}}
                    target: '*'
                    sources: [{file: '{{source}}'}]
                    patterns: ['line=^T ']
                    not: ['never {{revision}}']
                    limits: {hits_per_minute: 1000000}
                    alert: off

                """);
        }

        var file = Path.Combine(_fleet.Directory, "scans.yaml");
        await File.WriteAllTextAsync(file, scans.ToString());
        var applied = await _fleet.Admin.RunAsync("scan", "apply", "-f", file);
        if (applied.ExitCode != 0)
            throw new InvalidOperationException($"scan apply: {applied}");
    }

    /// <summary>Waits until all logs are followed: then each line that is written counts.</summary>
    private async Task BeginAsync()
    {
        foreach (var run in _runs)
        {
            var scan = run.Style.Name;
            await Patience.UntilAsync($"{scan} is followed", async () =>
            {
                run.Log.Write(1);
                return (await _fleet.Admin.RunAsync("hits", "--scan", scan, "--limit", "1", "--json")).Stdout.Contains("\"type\":\"hit\"", StringComparison.Ordinal);
            }, s_patience, () => _fleet.Agents[0].Output);
        }

        foreach (var run in _runs)
            run.Log.CountedFrom = run.Log.Count;
    }

    private static async Task RotateAsync(StyleRun run)
    {
        var (least, most) = run.Style.Every;
        while (true)
        {
            await TorturedLog.WaitAsync(TimeSpan.FromSeconds(least + ((most - least) * run.Random.NextDouble())), run.Stop);
            if (run.Stop.IsCancellationRequested)
                return;
            run.Rotations++;
            await run.Style.RotateAsync(run);
        }
    }

    private async Task<IReadOnlyList<TortureRow>> SettledAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var before = -1;
        while (true)
        {
            await TorturedLog.WaitAsync(s_settles, cancellationToken);
            var rows = new List<TortureRow>();
            foreach (var run in _runs)
                rows.Add(TortureLedger.Of(run.Style.Name, [run.Log], await ReadAsync(run.Style.Name, [run.Log]), sharesGaps: true));
            rows.Add(TortureLedger.Of(JobLogs.Name, _jobs.Logs, await ReadAsync(JobLogs.Name, _jobs.Logs), sharesGaps: false));
            var (missing, owed) = (rows.Sum(row => row.Lost), rows.Sum(row => row.Lost - row.Unseen));
            _options.Say($"{missing} lines are not there yet");
            if (missing == 0 || (owed == 0 && missing == before && TimeProvider.System.GetElapsedTime(start) > s_longestSettling / 2) || TimeProvider.System.GetElapsedTime(start) > s_longestSettling)
                return rows;
            before = missing;
        }
    }

    private Task<StoredFindings> ReadAsync(string scan, IReadOnlyList<TorturedLog> logs)
    {
        var byName = logs.ToDictionary(log => log.Name, StringComparer.Ordinal);
        return StoredFindings.ReadAsync(_fleet.Admin, scan, (log, number) => byName.TryGetValue(log, out var known) && number < known.Count ? known.TextOf(number) : null);
    }
}
