namespace Grpc.Core;

/// <summary>What every call in flight offers besides its messages.</summary>
internal abstract class CallHandle : IDisposable
{
    public abstract Task<Metadata> GetHeadersAsync();

    public abstract Status GetStatus();

    public abstract Metadata GetTrailers();

    public abstract void Dispose();

    /// <summary>A handle made of functions, for interceptors and fakes.</summary>
    public static CallHandle From(
        Task<Metadata> headersAsync, Func<Status> getStatus, Func<Metadata> getTrailers, Action dispose) =>
        new Functions(headersAsync, getStatus, getTrailers, dispose);

    private sealed class Functions(
        Task<Metadata> headersAsync, Func<Status> getStatus, Func<Metadata> getTrailers, Action dispose) : CallHandle
    {
        public override Task<Metadata> GetHeadersAsync() => headersAsync;

        public override Status GetStatus() => getStatus();

        public override Metadata GetTrailers() => getTrailers();

        public override void Dispose() => dispose();
    }
}
