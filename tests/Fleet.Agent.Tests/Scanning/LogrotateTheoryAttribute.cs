using Fleet.Tests;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>A test that needs logrotate; it is installed where that can be done, else the test is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LogrotateTheoryAttribute : TheoryAttribute
{
    public LogrotateTheoryAttribute() => Skip = DebianPackages.Missing(() => Program is not null, "logrotate");

    public static string? Program => Array.Find(["/usr/sbin/logrotate", "/sbin/logrotate", "/usr/bin/logrotate"], File.Exists);
}
