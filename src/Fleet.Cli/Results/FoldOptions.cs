namespace Fleet.Cli.Results;

/// <summary>How results are folded.</summary>
/// <param name="ErrorsOnly">Leave out what succeeded.</param>
/// <param name="Similar">Fold results that differ only by host name and numbers.</param>
/// <param name="Diff">Show smaller groups as a diff from the largest.</param>
internal sealed record FoldOptions(bool ErrorsOnly, bool Similar, bool Diff);
