namespace Fleet.Harness.Torture;

/// <summary>A course of torture: how long, and by which chance.</summary>
public sealed record TortureOptions
{
    /// <summary>Chance begins with it: the same seed asks for the same things, though never at the same moments. The default is 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long is written and rotated. The default is one minute.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether the agent is a user who may not see what others have open, nor read what is closed to it. The default is no.</summary>
    public bool IsUnprivileged { get; init; }

    /// <summary>Told how far it is.</summary>
    public Action<string> Say { get; init; } = _ => { };
}
