namespace Fleet.LogSearch;

/// <summary>A query that cannot be run as written; the message names the part and how to fix it.</summary>
public sealed class LogQueryException : Exception
{
    /// <summary>Creates the refusal.</summary>
    /// <param name="message">What is wrong, and what to write instead.</param>
    /// <param name="inner">The parser's own complaint, if there was one.</param>
    public LogQueryException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>Where in an expression something cannot be understood; null where the refusal is about something else.</summary>
    public (int Offset, string Why)? Syntax { get; init; }
}
