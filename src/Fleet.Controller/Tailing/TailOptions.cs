namespace Fleet.Controller.Tailing;

/// <summary>Bounds on live logs.</summary>
internal sealed record TailOptions
{
    /// <summary>Tails of one operator at once. The default is 8.</summary>
    public int MostPerOperator { get; init; } = 8;

    /// <summary>Tails at once. The default is 64.</summary>
    public int MostTails { get; init; } = 64;

    /// <summary>Bytes of lines that may wait for one operator, of all hosts together; each has its share. The default is 8 MiB.</summary>
    public int WaitingBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>The least share of a host. The default is 8 KiB.</summary>
    public int LeastShareBytes { get; init; } = 8 * 1024;

    /// <summary>The largest share of a host. The default is 256 KiB.</summary>
    public int MostShareBytes { get; init; } = 256 * 1024;

    /// <summary>How long an agent may take to say that it follows. The default is 15 s.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the operator's first word waits for hosts that have not answered. The default is 1 s.</summary>
    public TimeSpan FirstWordWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often it is looked whether hosts came or went. The default is 250 ms.</summary>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What an agent may send beyond its credit: the message that spends the last of it. The default is 96 KiB.</summary>
    public int OverdraftBytes { get; init; } = 96 * 1024;

    /// <summary>A host's share where so many are followed.</summary>
    public int ShareOf(int hosts) => Math.Clamp(WaitingBytes / Math.Max(1, hosts), LeastShareBytes, MostShareBytes);
}
