namespace Fleet.Protocol.Calls;

/// <summary>No connection came about, and it was the proxy's part of it that failed. The message names the proxy, without its password.</summary>
/// <param name="error">What the handler calls it.</param>
/// <param name="message">What went wrong.</param>
/// <param name="hint">What to do about it.</param>
/// <param name="innerException">What the handler threw.</param>
public sealed class ProxyException(HttpRequestError error, string message, string hint, Exception innerException)
    : HttpRequestException(error, message, innerException)
{
    /// <summary>What to do about it.</summary>
    public string Hint { get; } = hint;
}
