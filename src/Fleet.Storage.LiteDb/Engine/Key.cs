using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>
/// Keys of several parts as bytes that sort like their parts: LiteDB has indexes over one value. Names become hashes in them, because a key
/// holds 1,023 bytes at most.
/// </summary>
internal static class Key
{
    private const int HashBytes = 16;

    /// <summary>Numbers in order, negative ones first.</summary>
    public static BsonValue Of(long first, long second)
    {
        var key = new byte[2 * sizeof(long)];
        Put(key, first);
        Put(key.AsSpan(sizeof(long)), second);
        return key;
    }

    /// <summary>The hash of a name, then a number.</summary>
    public static BsonValue Of(byte[] name, long number)
    {
        var key = new byte[name.Length + sizeof(long)];
        name.CopyTo(key, 0);
        Put(key.AsSpan(name.Length), number);
        return key;
    }

    /// <summary>The hash of a name, then numbers.</summary>
    public static BsonValue Of(byte[] name, long first, long second)
    {
        var key = new byte[name.Length + (2 * sizeof(long))];
        name.CopyTo(key, 0);
        Put(key.AsSpan(name.Length), first);
        Put(key.AsSpan(name.Length + sizeof(long)), second);
        return key;
    }

    /// <summary>A number, then text.</summary>
    public static BsonValue Of(long number, string text)
    {
        var key = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(text)];
        Put(key, number);
        Encoding.UTF8.GetBytes(text, key.AsSpan(sizeof(long)));
        return key;
    }

    /// <summary>Stands for names, 128 bits of their SHA-256: nobody finds two that share it.</summary>
    public static byte[] Hash(params ReadOnlySpan<string> names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in names)
            Append(hash, Encoding.UTF8.GetBytes(name));
        return hash.GetHashAndReset()[..HashBytes];
    }

    /// <summary>Stands for an agent's scan's finding.</summary>
    public static byte[] Hash(string first, string second, byte[] third)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(first));
        Append(hash, Encoding.UTF8.GetBytes(second));
        Append(hash, third);
        return hash.GetHashAndReset()[..HashBytes];
    }

    /// <summary>The number that begins a key.</summary>
    public static long First(BsonValue key) => BinaryPrimitives.ReadInt64BigEndian(key.AsBinary.AsSpan()[..sizeof(long)]) ^ long.MinValue;

    /// <summary>The number that ends a key.</summary>
    public static long Last(BsonValue key) => BinaryPrimitives.ReadInt64BigEndian(key.AsBinary.AsSpan()[^sizeof(long)..]) ^ long.MinValue;

    // Each with its length, so that no two lists of names are the same bytes.
    private static void Append(IncrementalHash hash, byte[] part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }

    private static void Put(Span<byte> key, long number) => BinaryPrimitives.WriteInt64BigEndian(key, number ^ long.MinValue);
}
