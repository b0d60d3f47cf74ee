namespace Fleet.Tests.Machine;

/// <summary>As <see cref="ToolFactAttribute"/>, for tests with several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolTheoryAttribute : TheoryAttribute
{
    /// <param name="packages">As there.</param>
    public ToolTheoryAttribute(params string[] packages) => Skip = Prerequisites.Missing(packages);
}
