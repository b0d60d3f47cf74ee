using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fleet.Protocol.Identity;

/// <summary>How a proxy is asked to lead on.</summary>
public enum ProxyKind
{
    /// <summary>HTTP's CONNECT (RFC 9110, section 9.3.6).</summary>
    Http,

    /// <summary>SOCKS version 5 (RFC 1928).</summary>
    Socks5,
}

/// <summary>The proxy through which a controller is reached. The proxy resolves the controller's name.</summary>
/// <param name="Kind">What it speaks.</param>
/// <param name="Host">Its host name or IP address (IPv6 without brackets).</param>
/// <param name="Port">Its TCP port.</param>
/// <param name="User">The user name that it asks for; empty where it asks for none.</param>
/// <param name="Password">The password that goes with it.</param>
public sealed record ProxyAddress(ProxyKind Kind, string Host, int Port, string User = "", string Password = "")
{
    /// <summary>What may be written.</summary>
    public const string Forms = "http://[USER:PASSWORD@]HOST:PORT or socks5://[USER:PASSWORD@]HOST:PORT";

    // RFC 1929: a length of one byte for each.
    private const int LongestCredential = 255;

    private static readonly Dictionary<string, ProxyKind> s_kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["http"] = ProxyKind.Http, ["socks5"] = ProxyKind.Socks5,
        // As curl calls it where the proxy resolves names, which is always so here.
        ["socks5h"] = ProxyKind.Socks5,
    };

    private string Scheme => Kind == ProxyKind.Http ? "http" : "socks5";

    private string Endpoint => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Reads an address. Characters of user and password that mean something in it may be written as %XX.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="address">The address, where the result is true.</param>
    /// <param name="error">Where the result is false: what is wrong and what may be written. It never repeats the text, which may hold a password.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ProxyAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        var rest = (text ?? "").Trim();
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || !s_kinds.TryGetValue(rest[..scheme], out var kind))
        {
            error = rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                ? $"a proxy that is itself reached over TLS (https://) is not supported: give {Forms}"
                : $"a proxy's address begins with http:// or socks5://: give {Forms}";
            return false;
        }

        rest = rest[(scheme + 3)..].TrimEnd('/');
        // A password may hold @ and : as they are; a host has neither @ nor, outside of brackets, more than one colon.
        var at = rest.LastIndexOf('@');
        var (user, password) = at < 0 ? ("", "") : Credentials(rest[..at]);
        error = at >= 0 ? CredentialFault(user, password) : null;
        var fault = EndpointFault(rest[(at + 1)..], out var host, out var port);
        error ??= fault is null ? null : $"{fault}: give {Forms}";
        if (error is null)
            address = new ProxyAddress(kind, host, port, user, password);
        return error is null;

        static string? EndpointFault(string endpoint, out string host, out int port)
        {
            var colon = endpoint.EndsWith(']') ? -1 : endpoint.LastIndexOf(':');
            host = colon < 0 ? endpoint : endpoint[..colon];
            port = 0;
            if (colon < 0)
                return "the proxy's port is missing";
            if (!int.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)
                return "the proxy's port is not a number from 1 to 65535";
            var isBracketed = host.StartsWith('[') && host.EndsWith(']');
            host = isBracketed ? host[1..^1] : host;
            var type = Uri.CheckHostName(host);
            return type == UriHostNameType.Unknown || isBracketed != (type == UriHostNameType.IPv6) ? "the proxy's host is neither a name nor an address" : null;
        }
    }

    /// <summary>The same proxy with another password.</summary>
    /// <param name="password">The password.</param>
    /// <param name="address">The proxy, where the result is true.</param>
    /// <param name="error">Where the result is false: why the password cannot be used.</param>
    public bool TryWithPassword(string password, [NotNullWhen(true)] out ProxyAddress? address, [NotNullWhen(false)] out string? error)
    {
        error = User.Length == 0
            ? $"there is a password for the proxy {this}, and no user name: give {(Kind == ProxyKind.Http ? "http" : "socks5")}://USER@HOST:PORT"
            : CredentialFault(User, password);
        address = error is null ? this with { Password = password } : null;
        return error is null;
    }

    /// <summary>For HTTP clients: without user and password.</summary>
    public Uri ToUri() => new($"{Scheme}://{Endpoint}");

    /// <summary>The whole of it, the password too, as <see cref="TryParse"/> reads it: for files that only their owner reads.</summary>
    public string ToSecretText() => $"{Scheme}://{Secret()}{Endpoint}";

    /// <summary>As <see cref="ToSecretText"/>, as curl takes it where the proxy is to resolve names. It holds no character that means something to a shell.</summary>
    public string ToCurlText() => $"{(Kind == ProxyKind.Http ? "http" : "socks5h")}://{Secret()}{Endpoint}";

    /// <summary>For people and logs: without the password.</summary>
    public override string ToString() => $"{Scheme}://{(User.Length > 0 ? Escape(User) + "@" : "")}{Endpoint}";

    private string Secret() => User.Length == 0 ? "" : $"{Escape(User)}:{Escape(Password)}@";

    // '~' is unreserved in addresses; a shell would put a home directory in its place behind a colon.
    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("~", "%7E", StringComparison.Ordinal);

    private static (string User, string Password) Credentials(string text)
    {
        var colon = text.IndexOf(':');
        return (Uri.UnescapeDataString(colon < 0 ? text : text[..colon]), colon < 0 ? "" : Uri.UnescapeDataString(text[(colon + 1)..]));
    }

    private static string? CredentialFault(string user, string password)
    {
        if (user.Length == 0)
            return $"the proxy's user name is empty: give {Forms}";
        // RFC 7617: the first colon ends the user name.
        if (user.Contains(':'))
            return "the proxy's user name holds a colon, which no proxy can take";
        if (user.Any(char.IsControl) || password.Any(char.IsControl))
            return "the proxy's user name or password holds a control character";
        return System.Text.Encoding.UTF8.GetByteCount(user) > LongestCredential || System.Text.Encoding.UTF8.GetByteCount(password) > LongestCredential
            ? $"the proxy's user name or password is longer than {LongestCredential} bytes"
            : null;
    }
}
