using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fleet.Cli.Install.Inventories;

/// <summary>
/// A host as an inventory writes it: a name with ranges in brackets (<c>web[01:50]</c>, <c>db-[a:f]</c>, <c>n[0:10:2]</c>; both
/// ends count, leading zeros too) and a port behind a colon. An IPv6 address with a port stands in brackets.
/// </summary>
internal static class HostPattern
{
    /// <summary>Reads it.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="limit">How many names it may stand for.</param>
    /// <returns>The names and the port; or what is wrong.</returns>
    public static (IReadOnlyList<string> Names, string? Port, string? Fault) Read(string text, int limit)
    {
        var (pattern, port) = SplitPort(text);
        if (port is not null && !SshNames.TryPort(port, out _))
            return ([], null, $"\"{port}\" is not a port from 1 to 65535");
        List<string> names = [""];
        for (var position = 0; position < pattern.Length;)
        {
            var open = pattern.IndexOf('[', position);
            var plain = open < 0 ? pattern[position..] : pattern[position..open];
            IReadOnlyList<string> choices = [""];
            var next = pattern.Length;
            if (open >= 0)
            {
                var close = pattern.IndexOf(']', open);
                if (close < 0)
                    return ([], null, $"\"{text}\" has a '[' without its ']'");
                if (ReadRange(pattern[(open + 1)..close], limit) is not { } range)
                    return ([], null, $"\"{pattern[open..(close + 1)]}\" is not a range of at most {limit} hosts: write [FIRST:LAST] or [FIRST:LAST:STEP]");
                (choices, next) = (range, close + 1);
            }

            if ((long)names.Count * choices.Count > limit)
                return ([], null, $"\"{text}\" expands to too many hosts");
            names = [.. names.SelectMany(name => choices.Select(choice => name + plain + choice))];
            position = next;
        }

        var fault = names.Select(SshNames.HostFault).FirstOrDefault(f => f is not null);
        return fault is null ? (names, port, null) : ([], null, fault);
    }

    private static (string Pattern, string? Port) SplitPort(string text)
    {
        var close = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (close > 0 && IsIPv6(text[1..close]))
            return text.Length > close + 1 && text[close + 1] == ':' ? (text[1..close], text[(close + 2)..]) : (text[1..close], null);
        var colon = IsIPv6(text) ? -1 : text.LastIndexOf(':');
        return colon < 0 || colon < text.LastIndexOf(']') || text.LastIndexOf('[') > text.LastIndexOf(']') ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static List<string>? ReadRange(string text, int limit)
    {
        var parts = text.Split(':');
        var step = 1;
        if (parts.Length is not (2 or 3) || (parts.Length == 3 && !(int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out step) && step > 0)))
            return null;
        // Letters are ranges of one character each, as in Ansible.
        if (parts[0].Length == 1 && parts[1].Length == 1 && char.IsAsciiLetter(parts[0][0]) && char.IsAsciiLetter(parts[1][0]))
            return parts[0][0] <= parts[1][0] ? Count(parts[0][0], parts[1][0], step, limit, i => ((char)i).ToString()) : null;
        if (!int.TryParse(parts[0].Length == 0 ? "0" : parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || first > last)
            return null;
        // Padding is the first number's, and the last one has to have it as well.
        var width = parts[0].StartsWith('0') ? parts[0].Length : 1;
        if (width > 1 && parts[1].Length != width)
            return null;
        return Count(first, last, step, limit, i => i.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'));
    }

    private static List<string>? Count(int first, int last, int step, int limit, Func<int, string> write)
    {
        if (((long)last - first) / step + 1 > limit)
            return null;
        var values = new List<string>();
        for (var i = (long)first; i <= last; i += step)
            values.Add(write((int)i));
        return values;
    }

    private static bool IsIPv6(string text) => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
}
