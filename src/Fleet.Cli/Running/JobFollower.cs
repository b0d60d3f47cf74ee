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
    public async Task<int> FollowAsync(string jobId, IResultRenderer renderer, bool follow)
    {
        var began = _time.GetTimestamp();
        var job = new JobView();
        using var progress = new ProgressLine(_screen, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_ctrlC.Insisted);
        var watcher = new JobWatcher(_client, _time, text => Note(progress, text));
        await using var events = watcher.WatchAsync(jobId, follow, stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = events.MoveNextAsync().AsTask();
        var pressed = AfterCtrlC.NotPressed;
        try
        {
            while (true)
            {
                if (pressed == AfterCtrlC.NotPressed && await PressedFirstAsync(next))
                {
                    progress.Clear();
                    pressed = await AskAsync(jobId);
                    if (pressed == AfterCtrlC.Detach)
                        return ExitCode.Interrupted;
                    continue;
                }

                if (!await next)
                    break;
                Take(job, events.Current, renderer, progress);
                next = events.MoveNextAsync().AsTask();
            }
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

        progress.Clear();
        renderer.Finish(job, _time.GetElapsedTime(began));
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

        if (!_quiet)
            progress.Update(job);
    }

    /// <summary>Waits for the next event or Ctrl-C; true where Ctrl-C came.</summary>
    private async Task<bool> PressedFirstAsync(Task<bool> next)
    {
        if (next.IsCompleted || _ctrlC.Pressed.IsCancellationRequested)
            return _ctrlC.Pressed.IsCancellationRequested;
        var pressed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _ctrlC.Pressed.Register(pressed.SetResult);
        return await Task.WhenAny(next, pressed.Task) != next && _ctrlC.Pressed.IsCancellationRequested;
    }

    private async Task<AfterCtrlC> AskAsync(string jobId)
    {
        if (_screen.Input is null)
        {
            Detached(jobId);
            return AfterCtrlC.Detach;
        }

        _screen.Prompt($"\njob {jobId}: [d]etach (it goes on), [c]ancel it, or Enter to keep watching? ");
        // A second Ctrl-C at the question detaches.
        var answer = await Task.Run(_screen.Input.ReadLine).WaitAsync(_ctrlC.Insisted);
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
            _screen.Note($"detached; job {jobId} goes on: fleet jobs watch {jobId}, or fleet jobs cancel {jobId}");
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
