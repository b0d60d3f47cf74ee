using System.Buffers;
using System.Security.Cryptography;

namespace Fleet.Protocol.Identifiers;

/// <summary>Crockford's base 32 in lower case: digits and letters without i, l, o and u, so that ids survive being read aloud.</summary>
internal static class Crockford
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private static readonly SearchValues<char> s_characters = SearchValues.Create(Alphabet);

    public static bool IsText(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_characters);

    /// <summary>Five unguessable bits a character.</summary>
    public static string Random(int length) => RandomNumberGenerator.GetString(Alphabet, length);

    /// <summary>The same from a seeded source, for tests and simulations.</summary>
    public static string Random(int length, Random random) => new(random.GetItems<char>(Alphabet, length));
}
