using Xunit.Abstractions;
using Xunit.Sdk;

namespace Fleet.EndToEnd.Hosts;

/// <summary>A test that needs real hosts. Where this machine cannot boot them it is reported as skipped, with the reason.</summary>
[XunitTestCaseDiscoverer("Fleet.EndToEnd.Hosts.HostFactDiscoverer", "Fleet.EndToEnd")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFactAttribute : FactAttribute
{
    /// <param name="tools">What this machine itself needs for it, as <see cref="ToolFactAttribute"/> has it.</param>
    public HostFactAttribute(params string[] tools) => Skip = ToolFactAttribute.SkipUnless(tools);
}

/// <summary>Makes a <see cref="HostTestCase"/> of each <see cref="HostFactAttribute"/>.</summary>
public sealed class HostFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new HostTestCase(diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}
