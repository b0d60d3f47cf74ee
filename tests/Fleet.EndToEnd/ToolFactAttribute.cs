using Fleet.Tests;

namespace Fleet.EndToEnd;

/// <summary>A test that needs programs of the host; they are installed where that can be done, else the test is skipped and says what is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="tools">Programs, named as their Debian packages.</param>
    public ToolFactAttribute(params string[] tools)
    {
        var missing = Array.FindAll(tools, tool => !DebianPackages.HasProgram(tool));
        Skip = DebianPackages.Missing(() => Array.TrueForAll(tools, DebianPackages.HasProgram), missing);
    }
}
