namespace Fleet.Agent.Journal;

/// <summary>How far a reader of a <see cref="TaskLog"/> has come. The default value stands before everything.</summary>
/// <param name="Offset">Where the next frame begins.</param>
/// <param name="Seq">The last record passed.</param>
internal readonly record struct LogPosition(long Offset, ulong Seq);
