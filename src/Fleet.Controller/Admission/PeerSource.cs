using System.Net;
using System.Net.Sockets;

namespace Fleet.Controller.Admission;

/// <summary>Where a connection comes from, as far as limits go: an IPv4 address, or the /64 of an IPv6 address, because whoever has one of those has them all.</summary>
internal readonly record struct PeerSource
{
    private readonly IPAddress? _address;

    private PeerSource(IPAddress address) => _address = address;

    /// <summary>The source of an address; null counts as one source of its own.</summary>
    public static PeerSource Of(IPAddress? address)
    {
        if (address is null)
            return default;
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return new PeerSource(address);
        if (address.IsIPv4MappedToIPv6)
            return new PeerSource(address.MapToIPv4());
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new PeerSource(new IPAddress(bytes));
    }

    /// <summary>The source of a connection's other end.</summary>
    public static PeerSource Of(EndPoint? peer) => Of((peer as IPEndPoint)?.Address);

    /// <summary>As it stands in log lines: <c>10.0.0.1</c> or <c>2001:db8::/64</c>.</summary>
    public override string ToString() => _address is null ? "unknown"
        : _address.AddressFamily == AddressFamily.InterNetworkV6 ? $"{_address}/64" : _address.ToString();
}
