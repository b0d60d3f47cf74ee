using System.Diagnostics.CodeAnalysis;

namespace Fleet.Cli.Tests.Install;

/// <summary>A test beside the real ansible-inventory; skipped where that is missing. It is not installed for the purpose: it brings 200 MB along.</summary>
[AttributeUsage(AttributeTargets.Method)]
[SuppressMessage("Performance", "CA1813", Justification = "xunit reads Skip of the base class.")]
internal sealed class AnsibleFactAttribute : FactAttribute
{
    /// <summary>The program.</summary>
    public const string Program = "ansible-inventory";

    public AnsibleFactAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, Program))))
            Skip = $"needs {Program}: apt-get install ansible-core";
    }
}
