namespace Fleet.Agent.Diagnosis;

/// <summary>What a check of `fleet-agent doctor` found.</summary>
/// <param name="Check">What was looked at, in a word or two.</param>
/// <param name="Grade">How it is.</param>
/// <param name="Said">What was found.</param>
/// <param name="Hint">What to do; empty where all is well.</param>
internal sealed record Finding(string Check, Grade Grade, string Said, string Hint = "")
{
    public static Finding Good(string check, string said) => new(check, Grade.Good, said);

    public static Finding Doubtful(string check, string said, string hint) => new(check, Grade.Doubtful, said, hint);

    public static Finding Bad(string check, string said, string hint) => new(check, Grade.Bad, said, hint);
}

/// <summary>How something is.</summary>
internal enum Grade
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>The agent works; something is missing.</summary>
    Doubtful,

    /// <summary>The agent does not work.</summary>
    Bad,
}
