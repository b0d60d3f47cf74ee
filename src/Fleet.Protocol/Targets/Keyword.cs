namespace Fleet.Protocol.Targets;

/// <summary>Words that mean something in a target; a host of such a name is quoted.</summary>
internal static class Keyword
{
    public const string And = "and";
    public const string Or = "or";
    public const string Not = "not";
    public const string In = "in";
    public const string Has = "has";
    public const string Online = "online";
    public const string Offline = "offline";

    /// <summary>The words that join terms; where a value should stand, one of them means that the value was forgotten.</summary>
    public static bool IsJoiner(string word) => word.ToLowerInvariant() is And or Or or Not;

    public static bool IsKeyword(string word) => word.ToLowerInvariant() is And or Or or Not or In or Has or Online or Offline;
}
