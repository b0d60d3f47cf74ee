namespace Grpc.Core;

/// <summary>A client's outgoing messages.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more messages follow (half-close); responses can still come.</summary>
    Task CompleteAsync();
}
