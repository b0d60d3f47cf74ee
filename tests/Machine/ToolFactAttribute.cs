namespace Fleet.Tests.Machine;

/// <summary>A test that needs programs of the machine; they are installed where that can be done, else the test is skipped and says what is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="packages">The packages that bring them, as installers/prerequisites.txt names them.</param>
    public ToolFactAttribute(params string[] packages) => Skip = Prerequisites.Missing(packages);
}
