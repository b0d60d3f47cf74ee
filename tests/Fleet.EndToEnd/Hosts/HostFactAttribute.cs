using Fleet.Hosts.Machine;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Fleet.EndToEnd.Hosts;

/// <summary>A test that needs real hosts. Where this machine cannot boot them it is reported as skipped, with the reason.</summary>
[XunitTestCaseDiscoverer("Fleet.EndToEnd.Hosts.HostFactDiscoverer", "Fleet.EndToEnd")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFactAttribute : FactAttribute
{
    /// <summary>What this machine itself needs for all of them: to boot hosts, and to compile and pack the agent that is put on them.</summary>
    public static readonly IReadOnlyList<string> Packages = [.. MachineCheck.Packages, "dpkg", "rpm", "gcc", "libc6-dev", "zlib1g-dev"];

    public HostFactAttribute() => Skip = Prerequisites.Missing([.. Packages]);
}

/// <summary>Makes a <see cref="HostTestCase"/> of each <see cref="HostFactAttribute"/>.</summary>
public sealed class HostFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new HostTestCase(diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}
