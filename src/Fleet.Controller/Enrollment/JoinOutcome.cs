namespace Fleet.Controller.Enrollment;

/// <summary>How an attempt to join ended.</summary>
/// <typeparam name="T">What is remembered of who joined.</typeparam>
internal abstract record JoinOutcome<T>
{
    private JoinOutcome()
    {
    }

    /// <summary>Joined.</summary>
    /// <param name="Record">As stored.</param>
    /// <param name="Chain">DER, the newcomer's certificate first.</param>
    public sealed record Joined(T Record, IReadOnlyList<byte[]> Chain) : JoinOutcome<T>;

    /// <summary>Not joined; nothing was stored.</summary>
    public sealed record Refused(JoinRefusal Refusal) : JoinOutcome<T>;
}
