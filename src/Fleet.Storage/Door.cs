using System.Runtime.CompilerServices;

namespace Fleet.Storage;

/// <summary>What providers check before they store it: a caller's mistake is named at once instead of found in the data later.</summary>
internal static class Door
{
    /// <summary>Ids and names are this long at most, in characters.</summary>
    public const int LongestId = 256;

    /// <summary>An id or a name: some text, without control characters and broken surrogate pairs, which would not survive storing.</summary>
    public static void Id(string value, [CallerArgumentExpression(nameof(value))] string? what = null)
    {
        if (value.Length is 0 or > LongestId)
            throw new ArgumentException($"{what} must have 1 to {LongestId} characters, not {value.Length}", what);
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsControl(value[i]))
                throw new ArgumentException($"{what} holds a control character at position {i}", what);
            if (char.IsSurrogate(value[i]) && (!char.IsHighSurrogate(value[i]) || ++i == value.Length || !char.IsLowSurrogate(value[i])))
                throw new ArgumentException($"{what} holds half a character at position {i}", what);
        }
    }

    /// <summary>A SHA-256.</summary>
    public static void Hash(byte[] value, [CallerArgumentExpression(nameof(value))] string? what = null)
    {
        if (value.Length != 32)
            throw new ArgumentException($"{what} must have 32 bytes, not {value.Length}", what);
    }
}
