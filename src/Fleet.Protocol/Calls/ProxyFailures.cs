using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fleet.Protocol.Identity;

namespace Fleet.Protocol.Calls;

/// <summary>
/// Tells which proxy failed, at what, and what to do about it: the handler below says "connection refused" or "timed out" without
/// saying of whom. What fails behind the proxy (TLS, the controller) is passed on as it is.
/// </summary>
public sealed class ProxyFailures : DelegatingHandler
{
    private readonly ProxyAddress _proxy;
    private readonly TimeSpan _limit;

    private ProxyFailures(SocketsHttpHandler handler, ProxyAddress proxy)
        : base(handler) => (_proxy, _limit) = (proxy, handler.ConnectTimeout);

    /// <summary>The handler itself where it uses no proxy, else one around it that names the proxy.</summary>
    /// <param name="handler">A handler of <see cref="LinkHandler"/>.</param>
    public static HttpMessageHandler Around(SocketsHttpHandler handler) =>
        handler is { UseProxy: true, Proxy: ExplicitProxy proxy } ? new ProxyFailures(handler, proxy.Address) : handler;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && Explain(e, request.RequestUri!) is { } explained)
        {
            throw explained;
        }
    }

    private ProxyException? Explain(Exception e, Uri target)
    {
        var way = $"{target.Host}:{target.Port.ToString(CultureInfo.InvariantCulture)}";
        if (e is OperationCanceledException && CallFailure.Find<TimeoutException>(e) is not null)
            return TimedOut(e, way);

        // The outermost that says something: what is below it are its causes.
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } failed)
                return Explain(failed, way);
        }

        return null;
    }

    private ProxyException? Explain(HttpRequestException failed, string way) => failed.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => Of(
            failed, $"the name of the proxy {_proxy} cannot be resolved: {failed.GetBaseException().Message}", "check the proxy's address, /etc/resolv.conf and /etc/hosts"),
        HttpRequestError.ConnectionError => Of(
            failed, $"the proxy {_proxy} cannot be reached: {failed.GetBaseException().Message}", "check its address and port, that it runs, and the firewall in between"),
        // Only CONNECT is HTTP/1.1, and only that can be answered so: the controller is spoken to in HTTP/2.
        HttpRequestError.InvalidResponse => Of(
            failed, $"the proxy {_proxy} gave no answer of HTTP when asked to lead to {way}", "check that an HTTP proxy listens there, not one of SOCKS5"),
        HttpRequestError.ResponseEnded => Closed(failed, way),
        HttpRequestError.ProxyTunnelError => _proxy.Kind == ProxyKind.Http ? OfConnect(failed, way) : OfSocks(failed, way),
        _ => null,
    };

    private ProxyException OfConnect(HttpRequestException failed, string way)
    {
        var status = failed.StatusCode ?? StatusIn(failed.Message);
        var code = ((int)status).ToString(CultureInfo.InvariantCulture);
        return status switch
        {
            HttpStatusCode.ProxyAuthenticationRequired => Unauthenticated(failed, $" ({code})"),
            >= HttpStatusCode.InternalServerError => Of(
                failed, $"the proxy {_proxy} cannot connect to {way} ({code})", "check that the controller runs and that the proxy resolves its name and reaches it"),
            _ => Of(failed, $"the proxy {_proxy} refuses to connect to {way} ({code})", "let the proxy allow CONNECT to this host and port, for this machine and user"),
        };
    }

    // The handler ends a wait for a SOCKS5 proxy by closing the connection below it. What the proxy answered is in a message alone: trimmed
    // programs show resource keys in place of sentences; both hold these words.
    private ProxyException OfSocks(HttpRequestException failed, string way) => failed.GetBaseException() switch
    {
        ObjectDisposedException or OperationCanceledException or SocketException { SocketErrorCode: SocketError.OperationAborted } => TimedOut(failed, way),
        SocketException => Closed(failed, way),
        { Message: var words } when words.Contains("auth", StringComparison.OrdinalIgnoreCase) => Unauthenticated(failed, ""),
        { Message: var words } when words.Contains("version", StringComparison.OrdinalIgnoreCase) => Of(
            failed, $"the proxy {_proxy} gave no answer of SOCKS5 when asked to lead to {way}", "check that a SOCKS5 proxy listens there, not one of HTTP"),
        { Message: var words } when words.Contains("connect", StringComparison.OrdinalIgnoreCase) => Of(
            failed, $"the proxy {_proxy} refuses or is not able to connect to {way}", "check that the controller runs and that the proxy allows, resolves and reaches it"),
        _ => Closed(failed, way),
    };

    private ProxyException TimedOut(Exception e, string way) => new(
        HttpRequestError.ConnectionError,
        $"the proxy {_proxy} did not lead to {way} within {_limit.TotalSeconds:0.#} s",
        "check that a proxy of this kind listens there and that it reaches the controller",
        e);

    // By the proxy instead of an answer, or by the controller behind it: that cannot be told from here.
    private ProxyException Closed(HttpRequestException failed, string way) => Of(
        failed,
        $"the connection through the proxy {_proxy} to {way} was closed before an answer came",
        $"check that {(_proxy.Kind == ProxyKind.Http ? "an HTTP" : "a SOCKS5")} proxy listens there, its log, and that the controller runs");

    private ProxyException Unauthenticated(HttpRequestException failed, string code) => _proxy.User.Length == 0
        ? Of(failed, $"the proxy {_proxy} asks for a user name and a password{code}", $"give them with its address: {ProxyAddress.Forms}")
        : Of(failed, $"the proxy {_proxy} does not accept the user name and password{code}", "check both; characters such as @ / : % are written as %40 %2F %3A %25");

    private static ProxyException Of(HttpRequestException failed, string message, string hint) => new(failed.HttpRequestError, message, hint, failed);

    /// <summary>The handler has the proxy's status in its message alone, behind the proxy's address.</summary>
    private static HttpStatusCode StatusIn(string message)
    {
        var end = message.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        return end >= 3 && int.TryParse(message.AsSpan(end - 3, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? (HttpStatusCode)code : default;
    }
}
