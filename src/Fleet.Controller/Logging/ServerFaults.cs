using System.Collections.Concurrent;

namespace Fleet.Controller.Logging;

/// <summary>
/// Stands before a log provider and takes the edge off what Kestrel and gRPC say of single connections and calls: any peer can cause those
/// lines. What Kestrel calls critical and gRPC an error is a warning, and of each kind one a minute is written, with a count of the others.
/// </summary>
internal sealed partial class ServerFaults(ILoggerProvider inner, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";
    // Handlers' failures do not come so far (see FailureInterceptor): what is left are messages that cannot be read.
    private const string Calls = "Grpc.";
    private readonly ConcurrentDictionary<string, Tamed> _tamed = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        var isOfCalls = categoryName.StartsWith(Calls, StringComparison.Ordinal);
        return isOfCalls || categoryName.StartsWith(Kestrel, StringComparison.Ordinal)
            ? _tamed.GetOrAdd(categoryName, name => new Tamed(inner.CreateLogger(name), isOfCalls, time))
            : inner.CreateLogger(categoryName);
    }

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => (inner as ISupportExternalScope)?.SetScopeProvider(scopeProvider);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tamed in _tamed.Values)
            tamed.Dispose();
        inner.Dispose();
    }

    private sealed partial class Tamed : ILogger, IDisposable
    {
        private const int MostKinds = 64;
        private readonly ILogger _inner;
        private readonly bool _isOfCalls;
        private readonly Repeats<(int Event, string Fault)> _repeats;

        public Tamed(ILogger inner, bool isOfCalls, TimeProvider time)
        {
            _inner = inner;
            _isOfCalls = isOfCalls;
            _repeats = new Repeats<(int Event, string Fault)>(
                time, MostKinds, (0, "other connection errors"), (key, count, last) => LogMore(_inner, key.Fault, count, last));
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => _inner.BeginScope(state);

        public void Dispose() => _repeats.Dispose();

        public bool IsEnabled(LogLevel logLevel) => _inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < LogLevel.Warning || !(_isOfCalls || IsOfAConnection(state)))
            {
                _inner.Log(logLevel, eventId, state, exception, formatter);
                return;
            }

            var level = _isOfCalls || logLevel == LogLevel.Critical ? LogLevel.Warning : logLevel;
            var key = (eventId.Id, $"{eventId.Name ?? "connection error"} ({exception?.GetType().Name ?? "no exception"})");
            if (!_repeats.IsTold(ref key, formatter(state, exception)))
                return;
            // A warning needs no stack: the peer is at fault. An error is ours.
            if (level == LogLevel.Warning)
                LogFault(_inner, formatter(state, exception), exception?.Message ?? "");
            else
                _inner.Log(level, eventId, state, exception, formatter);
        }

        private static bool IsOfAConnection<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values && values.Any(value => value.Key == "ConnectionId");

        [LoggerMessage(3411, LogLevel.Warning, "{Error} {Detail}")]
        private static partial void LogFault(ILogger log, string error, string detail);

        [LoggerMessage(3412, LogLevel.Warning, "{Error}: {Count} more times within a minute; the last one: {Detail}")]
        private static partial void LogMore(ILogger log, string error, long count, string detail);
    }
}
