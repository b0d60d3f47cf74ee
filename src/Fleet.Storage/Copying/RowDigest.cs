using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fleet.Storage;

/// <summary>How many rows a table has, and a digest of them: the sum of their SHA-256, since each provider has an order of its own.</summary>
internal sealed class RowDigest
{
    private readonly ArrayBufferWriter<byte> bytes = new();
    private readonly ulong[] sum = new ulong[SHA256.HashSizeInBytes / sizeof(ulong)];

    public long Rows { get; private set; }

    /// <summary>The digest, in hexadecimal.</summary>
    public string Text => string.Concat(sum.Select(part => part.ToString("x16", System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Counts a row; returns about how many bytes it has.</summary>
    public int Add(object?[] row)
    {
        bytes.ResetWrittenCount();
        foreach (var value in row)
            Append(value);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.WrittenSpan, hash);
        for (var i = 0; i < sum.Length; i++)
            sum[i] += BinaryPrimitives.ReadUInt64BigEndian(hash[(i * sizeof(ulong))..]);
        Rows++;
        return bytes.WrittenCount;
    }

    // Each value with its kind, and with its length where that varies: no two rows are the same bytes.
    private void Append(object? value)
    {
        switch (value)
        {
            case null:
                Append('0', 0);
                break;
            case long number:
                Append('n', number);
                break;
            case string text:
                Append('t', Encoding.UTF8.GetByteCount(text));
                Encoding.UTF8.GetBytes(text, bytes);
                break;
            case byte[] data:
                Append('b', data.Length);
                bytes.Write(data);
                break;
            default:
                throw new InvalidOperationException($"a row holds a {value.GetType().Name}");
        }
    }

    private void Append(char kind, long number)
    {
        var head = bytes.GetSpan(1 + sizeof(long));
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt64BigEndian(head[1..], number);
        bytes.Advance(1 + sizeof(long));
    }
}
