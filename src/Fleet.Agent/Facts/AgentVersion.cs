namespace Fleet.Agent.Facts;

/// <summary>The version of this program.</summary>
internal static class AgentVersion
{
    /// <summary>As in the project file: 1.2.3.</summary>
    public static string Text { get; } = typeof(AgentVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
