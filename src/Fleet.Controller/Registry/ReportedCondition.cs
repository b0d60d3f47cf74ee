namespace Fleet.Controller.Registry;

/// <summary>Something that limits an agent, as it reported.</summary>
/// <param name="Kind">A word for programs.</param>
/// <param name="Message">The same for people, on one line.</param>
/// <param name="Since">Since when, by the agent's clock.</param>
internal sealed record ReportedCondition(string Kind, string Message, DateTimeOffset Since);
