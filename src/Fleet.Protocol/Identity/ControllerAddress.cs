using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Fleet.Protocol.Identity;

/// <summary>Where a controller listens.</summary>
/// <param name="Host">Host name or IP address (IPv6 without brackets).</param>
/// <param name="Port">TCP port.</param>
public sealed record ControllerAddress(string Host, int Port)
{
    /// <summary>The port where none is given.</summary>
    public const int DefaultPort = 7443;

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[v6]:port</c>, with or without <c>https://</c> before it.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="address">The address, where the result is true.</param>
    /// <param name="error">Where the result is false: what is wrong and how to fix it.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ControllerAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        error = null;
        var rest = (text ?? "").Trim();
        if (rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            rest = rest["https://".Length..].TrimEnd('/');
        var host = rest;
        var port = DefaultPort;
        // An IPv6 address without brackets has several colons and no port. With them it may have one, which IPAddress would swallow.
        var colon = !rest.StartsWith('[') && IPAddress.TryParse(rest, out _) ? -1 : rest.LastIndexOf(':');
        if (colon >= 0 && !rest.EndsWith(']'))
        {
            host = rest[..colon];
            if (!int.TryParse(rest.AsSpan(colon + 1), out port) || port is < 1 or > 65535)
                error = $"the port in \"{text}\" is not a number from 1 to 65535";
        }

        host = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        if (error is null && Uri.CheckHostName(host) == UriHostNameType.Unknown)
            error = $"\"{text}\" is not a controller address: give host or host:port";
        if (error is null)
            address = new ControllerAddress(host, port);
        return error is null;
    }

    /// <summary>For HTTP clients.</summary>
    public Uri ToUri() => new UriBuilder("https", Host, Port).Uri;

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
