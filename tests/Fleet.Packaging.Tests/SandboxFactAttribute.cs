namespace Fleet.Packaging.Tests;

/// <summary>As <see cref="ToolFactAttribute"/>, for tests in a <see cref="Sandbox"/>, which takes what not every machine allows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SandboxFactAttribute : FactAttribute
{
    /// <param name="packages">The packages that it needs besides.</param>
    public SandboxFactAttribute(params string[] packages) => Skip = Sandbox.IsPossible
        ? Prerequisites.Missing(packages)
        : Prerequisites.NotOnThisMachine("it takes root, mounts and overlay file systems for a root directory of its own");
}
