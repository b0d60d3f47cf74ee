namespace Fleet.Storage;

/// <summary>What a sweep has done so far. Slices run one at a time, each after the one before.</summary>
internal sealed class SweepTally
{
    public int JobsDeleted { get; set; }

    public long TasksDeleted { get; set; }

    public int OutputsDropped { get; set; }

    public long EventsDeleted { get; set; }

    public long OutputBytesDeleted { get; set; }

    public long BytesReleased { get; set; }

    public int Slices { get; set; }

    public TimeSpan LongestSlice { get; set; }

    public RetentionReport ToReport() => new(
        JobsDeleted, TasksDeleted, OutputsDropped, EventsDeleted, OutputBytesDeleted, BytesReleased, Slices, LongestSlice);
}
