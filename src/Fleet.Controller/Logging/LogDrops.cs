using System.Collections.Concurrent;
using Serilog.Sinks.Async;

namespace Fleet.Controller.Logging;

/// <summary>Knows how many log lines were dropped because a sink was too slow.</summary>
internal sealed class LogDrops
{
    private readonly ConcurrentDictionary<string, IAsyncLogEventSinkInspector> _sinks = new();

    /// <summary>Lines dropped so far, by sink.</summary>
    public IEnumerable<(string Sink, long Dropped)> Counts => _sinks.Select(sink => (sink.Key, sink.Value.DroppedMessagesCount));

    /// <summary>What a sink is given to be counted.</summary>
    public IAsyncLogEventSinkMonitor Watch(string name) => new Monitor(_sinks, name);

    private sealed class Monitor(ConcurrentDictionary<string, IAsyncLogEventSinkInspector> sinks, string name) : IAsyncLogEventSinkMonitor
    {
        public void StartMonitoring(IAsyncLogEventSinkInspector inspector) => sinks[name] = inspector;

        public void StopMonitoring(IAsyncLogEventSinkInspector inspector) => sinks.TryRemove(name, out _);
    }
}
