using System.Collections;

namespace Fleet.Agent.Execution.Processes;

/// <summary>The agent's own environment, as execve(2) wants it.</summary>
internal static class OwnEnvironment
{
    /// <summary><c>NAME=value</c> for each variable.</summary>
    internal static List<string> Entries()
    {
        var entries = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            entries.Add($"{variable.Key}={variable.Value}");
        return entries;
    }
}
