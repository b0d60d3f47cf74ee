using System.Reflection;

namespace Fleet.Agent.Facts;

/// <summary>The version of this program.</summary>
internal static class AgentVersion
{
    /// <summary>As it was built: 1.2.3, or 1.2.3-rc1; what follows a "+" (the commit) is left out.</summary>
    public static string Text { get; } = Read();

    private static string Read() =>
        typeof(AgentVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
