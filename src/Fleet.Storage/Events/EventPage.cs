namespace Fleet.Storage;

/// <summary>A piece of a job's log.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="More">Whether more events were there already.</param>
public sealed record EventPage(IReadOnlyList<TaskEvent> Events, bool More);
