using System.Net;
using Fleet.Hosts.Machine;

namespace Fleet.Hosts.Network;

/// <summary>A bridge of the test's own: this machine has the first address on it, the hosts have those behind. It leads nowhere else.</summary>
internal sealed class Bridge(string name, byte second, byte third)
{
    private const int Attempts = 20;

    /// <summary>Its name on this machine.</summary>
    internal string Name => name;

    /// <summary>This machine's address on it.</summary>
    internal IPAddress Gateway => Address(1);

    /// <summary>An address on it.</summary>
    /// <param name="last">2 to 254 for hosts.</param>
    internal IPAddress Address(int last) => new([10, second, third, (byte)last]);

    /// <summary>Makes a bridge, on a network that this machine does not use yet.</summary>
    internal static async Task<Bridge> CreateAsync(string name)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var bridge = new Bridge(name, (byte)Random.Shared.Next(64, 250), (byte)Random.Shared.Next(0, 256));
            if ((await Tool.RunAsync("ip", "-4", "route", "show", "root", $"{bridge.Address(0)}/24")).Length > 0)
                continue;
            await Tool.RunAsync("ip", "link", "add", name, "type", "bridge");
            await Tool.RunAsync("ip", "address", "add", $"{bridge.Gateway}/24", "dev", name);
            await Tool.RunAsync("ip", "link", "set", name, "up");
            return bridge;
        }

        throw new InvalidOperationException("No free network was found for the bridge.");
    }

    /// <summary>Pulls a port's plug, or puts it back.</summary>
    internal static Task SetPortAsync(string port, bool isUp) => Tool.RunAsync("ip", "link", "set", port, isUp ? "up" : "down");

    /// <summary>Limits what leaves through a port, in bits a second (tc-tbf(8)); null ends that.</summary>
    internal static Task LimitPortAsync(string port, long? bitsPerSecond) => bitsPerSecond is { } rate
        ? Tool.RunAsync("tc", "qdisc", "replace", "dev", port, "root", "tbf", "rate", $"{rate}bit", "burst", "32k", "latency", "200ms")
        : Tool.RunAsync("tc", "qdisc", "delete", "dev", port, "root");

    /// <summary>Removes a bridge; nothing happens where there is none.</summary>
    internal static async Task RemoveAsync(string name)
    {
        if (Directory.Exists($"/sys/class/net/{name}"))
            await Tool.TryAsync("ip", "link", "delete", name);
    }
}
