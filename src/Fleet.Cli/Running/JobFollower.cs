using Fleet.Cli.Connection;
using Fleet.Cli.Interrupt;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Running;

/// <summary>Follows a job to its end, shows it, and asks on Ctrl-C whether to let it go on or to cancel it.</summary>
internal sealed class JobFollower
{
    private readonly FleetClient _client;
    private readonly Screen _screen;
    private readonly TimeProvider _time;
    private readonly CtrlC _ctrlC;
    private readonly bool _quiet;

    /// <param name="client">The controller.</param>
    /// <param name="screen">Where results go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ctrlC">Ctrl-C.</param>
    /// <param name="quiet">Whether programs read the result: no progress line, no notes.</param>
    public JobFollower(FleetClient client, Screen screen, TimeProvider time, CtrlC ctrlC, bool quiet)
    {
        _client = client;
        _screen = screen;
        _time = time;
        _ctrlC = ctrlC;
        _quiet = quiet;
    }

    /// <summary>Returns the exit code of the command.</summary>
    /// <param name="followed">The job, as it stands.</param>
    /// <param name="renderer">Shows it.</param>
    /// <param name="mode">What the job is to this command.</param>
    public async Task<int> FollowAsync(Job followed, IResultRenderer renderer, FollowMode mode)
    {
        var jobId = followed.Id;
        var began = _time.GetTimestamp();
        var job = new JobView();
        using var progress = new ProgressLine(_screen, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_ctrlC.Insisted);
        var watcher = new JobWatcher(_client, _time, text => Note(progress, text));
        await using var events = watcher.WatchAsync(jobId, mode != FollowMode.Look, stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = events.MoveNextAsync().AsTask();
        var pressed = AfterCtrlC.NotPressed;
        try
        {
            while (true)
            {
                await WaitAsync(next, heedsCtrlC: pressed == AfterCtrlC.NotPressed);
                if (pressed == AfterCtrlC.NotPressed && _ctrlC.Pressed.IsCancellationRequested)
                {
                    progress.Clear();
                    pressed = await AskAsync(jobId);
                    if (pressed == AfterCtrlC.Detach)
                        return ExitCode.Interrupted;
                    continue;
                }

                if (next.IsCompleted)
                {
                    if (!await next)
                        break;
                    Take(job, events.Current, renderer, progress);
                    next = events.MoveNextAsync().AsTask();
                }

                if (!_quiet)
                    progress.Update(job, Elapsed(followed, job, mode, began));
            }

            progress.Clear();
            renderer.Finish(job, Elapsed(followed, job, mode, began));
        }
        catch (OutputClosedException)
        {
            progress.Clear();
            return await UnreadAsync(job, jobId, mode);
        }
        catch (OperationCanceledException) when (_ctrlC.Insisted.IsCancellationRequested)
        {
            progress.Clear();
            Detached(jobId);
            return ExitCode.Interrupted;
        }
        finally
        {
            // The log must be at rest before it is closed: leaving while it waits for the next event would be an error of its own.
            await stop.CancelAsync();
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return pressed == AfterCtrlC.Cancel ? ExitCode.Interrupted : JobExit.Of(job);
    }

    private void Take(JobView job, JobEvent happened, IResultRenderer renderer, ProgressLine progress)
    {
        var task = job.Apply(happened);
        if (task is not null || happened.Seq == 0)
        {
            if (_screen.OutIsTerminal)
                progress.Clear();
            renderer.Show(job, happened, task);
        }
    }

    /// <summary>Waits for the next event, for Ctrl-C, or until the progress line is to be drawn anew.</summary>
    private async Task WaitAsync(Task<bool> next, bool heedsCtrlC)
    {
        if (next.IsCompleted)
            return;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(heedsCtrlC ? _ctrlC.Pressed : CancellationToken.None);
        var wait = _quiet || !_screen.ErrIsTerminal ? Timeout.InfiniteTimeSpan : ProgressLine.Tick;
        await Task.WhenAny(next, Task.Delay(wait, _time, over.Token));
        await over.CancelAsync();
    }

    /// <summary>Of one's own job the time since it was asked for; of another the job's own, which looking at it does not change.</summary>
    private TimeSpan Elapsed(Job followed, JobView view, FollowMode mode, long began)
    {
        if (mode == FollowMode.Own)
            return _time.GetElapsedTime(began);
        var ended = view is { Done: true, Job.EndedMs: > 0 } ? view.Job.EndedMs : _time.GetUtcNow().ToUnixTimeMilliseconds();
        return TimeSpan.FromMilliseconds(Math.Max(0, ended - followed.CreatedMs));
    }

    /// <summary>The reader of the output has gone. A search is for its reader alone; what else a job does may not be broken off in the midst of it.</summary>
    private async Task<int> UnreadAsync(JobView job, string jobId, FollowMode mode)
    {
        if (job.Done)
            return JobExit.Of(job);
        if (mode == FollowMode.Own && job.Spec?.Steps.All(step => step.SearchLogs is not null) == true)
        {
            await _client.Jobs.CancelJobAsync(new CancelJobRequest { Id = jobId }, deadline: CallFailures.Soon(_time));
            return ExitCode.Success;
        }

        if (mode == FollowMode.Own)
            _screen.Note($"the output was closed; job {jobId} continues: fleet jobs watch {jobId}, or fleet jobs cancel {jobId}");
        return ExitCode.Interrupted;
    }

    private async Task<AfterCtrlC> AskAsync(string jobId)
    {
        if (_screen.Input is null)
        {
            Detached(jobId);
            return AfterCtrlC.Detach;
        }

        _screen.Prompt($"\njob {jobId}: [d]etach (it continues), [c]ancel it, or Enter to keep watching? ");
        // A second Ctrl-C at the question detaches.
        string? answer;
        try
        {
            answer = await Task.Run(_screen.Input.ReadLine).WaitAsync(_ctrlC.Insisted);
        }
        catch (OperationCanceledException)
        {
            _screen.EndLine();
            throw;
        }

        switch (answer?.Trim().ToLowerInvariant())
        {
            case "c" or "cancel":
                await _client.Jobs.CancelJobAsync(new CancelJobRequest { Id = jobId }, deadline: CallFailures.Soon(_time));
                _screen.Note("cancel requested; waiting for the hosts to stop");
                return AfterCtrlC.Cancel;
            case "" or "k":
                return AfterCtrlC.KeepWatching;
            default:
                Detached(jobId);
                return AfterCtrlC.Detach;
        }
    }

    private void Detached(string jobId)
    {
        if (!_quiet)
            _screen.Note($"detached; job {jobId} continues: fleet jobs watch {jobId}, or fleet jobs cancel {jobId}");
    }

    private void Note(ProgressLine progress, string text)
    {
        progress.Clear();
        if (!_quiet)
            _screen.Note(text);
    }

    /// <summary>What the operator meant by Ctrl-C; a second one detaches in any case.</summary>
    private enum AfterCtrlC
    {
        NotPressed,
        KeepWatching,
        Cancel,
        Detach,
    }
}
