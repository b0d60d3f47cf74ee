namespace Fleet.Protocol.Folding;

/// <summary>One line of a difference.</summary>
/// <param name="Kind">Where the line stands.</param>
/// <param name="Text">The line without its end; empty for <see cref="DiffKind.Skipped"/>.</param>
/// <param name="Count">How many lines it stands for: 1, or the number skipped.</param>
public readonly record struct DiffLine(DiffKind Kind, string Text, int Count = 1);
