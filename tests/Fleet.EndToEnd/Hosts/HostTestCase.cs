using System.ComponentModel;
using Fleet.Hosts.Machine;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Fleet.EndToEnd.Hosts;

/// <summary>Looks when it is run, not when tests are listed, whether there can be hosts: finding out may take a minute.</summary>
public sealed class HostTestCase : XunitTestCase
{
    /// <summary>For the test runner, which fills it in.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("Called by the test runner only")]
    public HostTestCase()
    {
    }

    /// <inheritdoc cref="XunitTestCase(IMessageSink, TestMethodDisplay, TestMethodDisplayOptions, ITestMethod, object[])"/>
    public HostTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method)
    {
    }

    /// <inheritdoc/>
    public override async Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink,
        IMessageBus messageBus,
        object[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource)
    {
        if (await MachineCheck.WhyNotAsync() is { } reason)
            SkipReason = reason;
        return await base.RunAsync(diagnosticMessageSink, messageBus, constructorArguments, aggregator, cancellationTokenSource);
    }
}
