using Fleet.Tests;

namespace Fleet.EndToEnd;

/// <summary>A test that needs programs of the host; they are installed where that can be done, else the test is skipped and says what is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="tools">Debian packages; behind a slash the program, where that has another name: its path, where it is in no PATH.</param>
    public ToolFactAttribute(params string[] tools) => Skip = SkipUnless(tools);

    /// <summary>Why a test cannot be run; null where all that it needs is there.</summary>
    internal static string? SkipUnless(string[] tools)
    {
        var missing = Array.FindAll(tools, tool => !IsThere(tool));
        return DebianPackages.Missing(() => Array.TrueForAll(tools, IsThere), Array.ConvertAll(missing, tool => tool.Split('/')[0]));
    }

    private static bool IsThere(string tool) => DebianPackages.HasProgram(tool[(tool.IndexOf('/', StringComparison.Ordinal) + 1)..]);
}
