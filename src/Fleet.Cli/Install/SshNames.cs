namespace Fleet.Cli.Install;

/// <summary>
/// What may be given to ssh as a host and as a user. An allow-list: the operator's configuration may put %h and %r into a
/// ProxyCommand, which a shell reads, and whatever begins with '-' would be an option.
/// </summary>
internal static class SshNames
{
    private const int LongestHost = 255;
    private const int LongestUser = 64;
    private const int LongestPath = 4096;

    /// <summary>What is wrong with a host name or address; null where nothing is.</summary>
    public static string? HostFault(string host)
    {
        if (host.Length is 0 or > LongestHost)
            return $"a host name has 1 to {LongestHost} characters";
        if (host[0] == '-')
            return $"\"{host}\" begins with '-', which ssh would interpret as an option";
        return host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '%')
            ? null
            : $"\"{Printable(host)}\" is not a host name or address: it may contain letters, digits, '.', '-', '_', ':' and '%'";
    }

    /// <summary>What is wrong with a user's name; null where nothing is.</summary>
    public static string? UserFault(string user)
    {
        if (user.Length is 0 or > LongestUser)
            return $"a user name has 1 to {LongestUser} characters";
        if (user[0] == '-')
            return $"user \"{user}\" begins with '-', which ssh would interpret as an option";
        return user.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@' or '+')
            ? null
            : $"\"{Printable(user)}\" is not a user name: it may contain letters, digits, '.', '-', '_', '@' and '+'";
    }

    /// <summary>What is wrong with the path of a private key. ssh alone reads it, as one word: ~ and its own % are as in its configuration.</summary>
    public static string? FileFault(string path) =>
        path.Length is 0 or > LongestPath ? $"a file path has 1 to {LongestPath} characters"
        : path[0] == '-' ? $"\"{Printable(path)}\" begins with '-', which ssh would interpret as an option"
        : path.Any(char.IsControl) ? $"\"{Printable(path)}\" is not a file path: it contains control characters"
        : null;

    /// <summary>Reads a TCP port.</summary>
    public static bool TryPort(string text, out int port) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    private static string Printable(string text) => new([.. text.Select(c => char.IsControl(c) ? '?' : c)]);
}
