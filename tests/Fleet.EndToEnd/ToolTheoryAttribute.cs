namespace Fleet.EndToEnd;

/// <summary>As <see cref="ToolFactAttribute"/>, for tests with several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    /// <param name="tools">As there.</param>
    public ToolTheoryAttribute(params string[] tools) => Skip = ToolFactAttribute.SkipUnless(tools);
}
