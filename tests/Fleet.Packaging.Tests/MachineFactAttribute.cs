using System.Diagnostics.CodeAnalysis;

namespace Fleet.Packaging.Tests;

/// <summary>A test that needs programs of the machine, or root; where they are missing it is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
[SuppressMessage("Performance", "CA1813", Justification = "xunit reads Skip of the base class.")]
internal sealed class MachineFactAttribute : FactAttribute
{
    /// <param name="programs">What the machine must have.</param>
    public MachineFactAttribute(params string[] programs)
    {
        var missing = programs.Where(program => !Shell.Has(program) && !(program == "rpmbuild" && Shell.CanInstall)).ToList();
        if (!OperatingSystem.IsLinux())
            Skip = "needs Linux";
        else if (missing.Count > 0)
            Skip = $"needs {string.Join(", ", missing)}";
        else if (programs.Contains("unshare") && !Sandbox.IsPossible)
            Skip = "needs root, mounts and overlay file systems, for a root directory of its own";
    }
}
