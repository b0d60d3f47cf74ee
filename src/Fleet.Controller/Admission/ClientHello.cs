using System.Buffers;

namespace Fleet.Controller.Admission;

/// <summary>What the first bytes of a connection are.</summary>
internal enum ClientHello
{
    /// <summary>The beginning of a record, as far as one can tell.</summary>
    Incomplete,

    /// <summary>A whole record of a TLS handshake.</summary>
    Whole,

    /// <summary>Something else.</summary>
    NotTls,
}

/// <summary>Looks at first bytes.</summary>
internal static class ClientHellos
{
    // RFC 8446, 5.1: type 22 is handshake, two bytes of version, two of length, at most 2^14 of content.
    private const byte Handshake = 22;
    private const byte MajorVersion = 3;
    private const int HeaderBytes = 5;
    private const int MostBytes = 1 << 14;

    /// <summary>What they are.</summary>
    public static ClientHello Look(ReadOnlySequence<byte> first)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        var there = (int)Math.Min(HeaderBytes, first.Length);
        first.Slice(0, there).CopyTo(header);
        if ((there > 0 && header[0] != Handshake) || (there > 1 && header[1] != MajorVersion))
            return ClientHello.NotTls;
        if (there < HeaderBytes)
            return ClientHello.Incomplete;
        var length = (header[3] << 8) | header[4];
        return length > MostBytes ? ClientHello.NotTls : first.Length < HeaderBytes + length ? ClientHello.Incomplete : ClientHello.Whole;
    }
}
