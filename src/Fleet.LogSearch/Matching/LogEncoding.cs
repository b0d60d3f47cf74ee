namespace Fleet.LogSearch.Matching;

/// <summary>How bytes become characters.</summary>
public enum LogEncoding
{
    /// <summary>UTF-8; bytes that are not UTF-8 stand as U+FFFD and match nothing but a wildcard.</summary>
    Utf8,

    /// <summary>ISO 8859-1: every byte is the character of the same number.</summary>
    Latin1,
}
