using Fleet.Protocol.V1;

namespace Fleet.Cli.Running;

/// <summary>A job as its log has told it so far. Applying the same events gives the same view, live or replayed.</summary>
internal sealed class JobView
{
    private readonly SortedDictionary<uint, TaskView> _tasks = [];

    /// <summary>The job; null before the first message.</summary>
    public Job? Job { get; private set; }

    /// <summary>What it runs; null before the first message.</summary>
    public TaskSpec? Spec { get; private set; }

    public IReadOnlyCollection<TaskView> Tasks => _tasks.Values;

    /// <summary>The last event applied, to go on from after a cut.</summary>
    public ulong LastSeq { get; private set; }

    public bool Done { get; private set; }

    public int DoneTasks { get; private set; }

    /// <summary>Applies an event; the task that it concerns, if any.</summary>
    public TaskView? Apply(JobEvent happened)
    {
        // It has the number of the last event before it, and is no repeat.
        if (happened.EventCase == JobEvent.EventOneofCase.JobEnded)
        {
            Take(happened.JobEnded.Job);
            Done = true;
            return null;
        }

        if (happened.Seq > 0)
        {
            if (happened.Seq <= LastSeq)
                return null;
            LastSeq = happened.Seq;
        }

        switch (happened.EventCase)
        {
            case JobEvent.EventOneofCase.Job:
                Take(happened.Job);
                return null;
            case JobEvent.EventOneofCase.OutputRemoved when happened.Ordinal == 0:
                foreach (var task in _tasks.Values)
                    task.Apply(happened);
                return null;
            case JobEvent.EventOneofCase.Tasks:
                foreach (var task in happened.Tasks.Tasks)
                    _tasks.TryAdd(task.Ordinal, new TaskView(task.Ordinal, task.AgentName));
                return null;
        }

        if (!_tasks.TryGetValue(happened.Ordinal, out var view))
            return null;
        var hadEnded = view.Ended is not null;
        view.Apply(happened);
        if (!hadEnded && view.Ended is not null)
            DoneTasks++;
        return view;
    }

    /// <summary>How many tasks are in a state.</summary>
    public int Count(TaskState state) => _tasks.Values.Count(t => t.State == state);

    private void Take(Job job)
    {
        Job = job;
        Done |= job.Done;
        if (Spec is null && !job.Spec.IsEmpty)
            Spec = TaskSpec.Parser.ParseFrom(job.Spec);
    }
}
