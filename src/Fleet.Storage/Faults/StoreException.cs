namespace Fleet.Storage;

/// <summary>The store itself failed. The message names the file and a hint.</summary>
/// <param name="fault">What is wrong.</param>
/// <param name="message">What happened, to which file, and what to do.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class StoreException(StoreFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What is wrong.</summary>
    public StoreFault Fault { get; } = fault;
}
