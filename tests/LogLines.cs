using Microsoft.Extensions.Logging;

namespace Fleet.Tests;

/// <summary>Keeps what is logged, each line as its level and text.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    private readonly List<string> _lines = [];

    /// <summary>The lines since this was asked last.</summary>
    public IReadOnlyList<string> Take()
    {
        string[] lines = [.. _lines];
        _lines.Clear();
        return lines;
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Add($"{logLevel}: {formatter(state, exception)}");

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
