namespace Fleet.Cli.Tail;

/// <summary>One way of showing a tail.</summary>
internal interface ITailPrinter
{
    /// <summary>A line, a count or a note is to be shown.</summary>
    void Show(TailItem item);

    /// <summary>What hosts came or went since the last time.</summary>
    void Show(HostChanges changes);

    /// <summary>It is over.</summary>
    void Finish(TailTally tally, TimeSpan elapsed);

    /// <summary>Sends what was shown on its way.</summary>
    void Flush();
}
