namespace Fleet.Protocol.Units;

/// <summary>
/// Plain loops over the characters of a text. Where code is compiled natively, LINQ over a value type brings hundreds of methods along for each
/// such type; the agent counts its kilobytes.
/// </summary>
public static class Characters
{
    /// <summary>Whether all of them are so; of an empty text they are.</summary>
    public static bool AreAll(string text, Func<char, bool> isSo)
    {
        foreach (var c in text)
        {
            if (!isSo(c))
                return false;
        }

        return true;
    }

    /// <summary>The text with each of them replaced by what it becomes.</summary>
    public static string Map(string text, Func<char, char> become) => string.Create(text.Length, (text, become), static (into, from) =>
    {
        for (var i = 0; i < into.Length; i++)
            into[i] = from.become(from.text[i]);
    });
}
