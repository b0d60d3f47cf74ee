namespace Fleet.Storage;

/// <summary>What a sweep forgot.</summary>
/// <param name="JobsDeleted">Jobs deleted altogether.</param>
/// <param name="TasksDeleted">Tasks deleted with them.</param>
/// <param name="OutputsDropped">Jobs that lost their log but stay.</param>
/// <param name="EventsDeleted">Events deleted, of either kind of job.</param>
/// <param name="OutputBytesDeleted">Bytes of data in those events.</param>
/// <param name="BytesReleased">Bytes by which the file shrank, or will at the next checkpoint.</param>
/// <param name="Slices">Write operations this took.</param>
/// <param name="LongestSlice">The longest of them: how long the sweep made other writers wait at most.</param>
public sealed record RetentionReport(
    int JobsDeleted,
    long TasksDeleted,
    int OutputsDropped,
    long EventsDeleted,
    long OutputBytesDeleted,
    long BytesReleased,
    int Slices,
    TimeSpan LongestSlice);
