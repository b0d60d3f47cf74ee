namespace Fleet.LogSearch.Matching;

/// <summary>How bytes become characters.</summary>
public enum LogEncoding
{
    /// <summary>UTF-8; a byte that is not UTF-8 is no character, and nothing matches it.</summary>
    Utf8,

    /// <summary>ISO 8859-1: every byte is the character of the same number.</summary>
    Latin1,
}
