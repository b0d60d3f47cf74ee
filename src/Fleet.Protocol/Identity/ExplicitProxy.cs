using System.Net;

namespace Fleet.Protocol.Identity;

/// <summary>Tells a handler that everything goes through one proxy. The framework's own would bring regular expressions for its exceptions along.</summary>
/// <remarks>Basic and SOCKS5's user name are all the schemes there are: the others need the host's Kerberos, or hash with MD5.</remarks>
internal sealed class ExplicitProxy(ProxyAddress address) : IWebProxy, ICredentials
{
    private readonly NetworkCredential? _credential = address.User.Length > 0 ? new NetworkCredential(address.User, address.Password) : null;
    private readonly Uri _uri = address.ToUri();

    /// <summary>Which proxy it is.</summary>
    public ProxyAddress Address { get; } = address;

    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => this;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public Uri GetProxy(Uri destination) => _uri;

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => false;

    /// <inheritdoc/>
    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        authType.Equals("Basic", StringComparison.OrdinalIgnoreCase) || authType.Equals(_uri.Scheme, StringComparison.OrdinalIgnoreCase) ? _credential : null;
}
