using System.Collections.Concurrent;

namespace Fleet.Controller.Dispatch;

/// <summary>Wakes those who watch a job when its log has grown. It carries no data: watchers read the store.</summary>
internal sealed class JobSignals
{
    private readonly ConcurrentDictionary<string, Signal> _signals = new(StringComparer.Ordinal);

    /// <summary>The job's log has grown. Costs one look-up where nobody watches.</summary>
    public void Pulse(string jobId)
    {
        if (_signals.TryGetValue(jobId, out var signal))
            signal.Pulse();
    }

    /// <summary>Begins to watch; dispose to stop.</summary>
    public Watch Subscribe(string jobId)
    {
        while (true)
        {
            var signal = _signals.GetOrAdd(jobId, static _ => new Signal());
            if (signal.TryEnter())
                return new Watch(this, jobId, signal);
            // Its last watcher is just leaving and takes it out.
            _signals.TryRemove(KeyValuePair.Create(jobId, signal));
        }
    }

    private void Leave(string jobId, Signal signal)
    {
        if (signal.LeaveIsLast())
            _signals.TryRemove(KeyValuePair.Create(jobId, signal));
    }

    /// <summary>One watcher's place.</summary>
    internal readonly struct Watch(JobSignals owner, string jobId, Signal signal) : IDisposable
    {
        /// <summary>Completes at the next pulse. Take it before reading the store: what is stored after that read then completes it.</summary>
        public Task Next => signal.Next;

        /// <inheritdoc/>
        public void Dispose() => owner.Leave(jobId, signal);
    }

    /// <summary>Shared by all watchers of one job.</summary>
    internal sealed class Signal
    {
        private TaskCompletionSource _next = New();
        private int _watchers;

        public Task Next => Volatile.Read(ref _next).Task;

        public void Pulse() => Interlocked.Exchange(ref _next, New()).TrySetResult();

        // -1 marks a signal whose last watcher has left.
        public bool TryEnter()
        {
            while (true)
            {
                var now = Volatile.Read(ref _watchers);
                if (now < 0)
                    return false;
                if (Interlocked.CompareExchange(ref _watchers, now + 1, now) == now)
                    return true;
            }
        }

        public bool LeaveIsLast() =>
            Interlocked.Decrement(ref _watchers) == 0 && Interlocked.CompareExchange(ref _watchers, -1, 0) == 0;

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
