namespace Fleet.LogSearch.Matching;

/// <summary>A stretch of a line, in bytes from its start.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many bytes; a match may be empty.</param>
public readonly record struct ByteRange(int Start, int Length);
