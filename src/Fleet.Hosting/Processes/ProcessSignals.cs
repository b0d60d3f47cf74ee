using System.Runtime.InteropServices;

namespace Fleet.Hosting.Processes;

/// <summary>What signals mean to a service: each that is registered here does its work instead of ending the process.</summary>
public sealed class ProcessSignals : IDisposable
{
    private const PosixSignal UserSignal1 = (PosixSignal)10; // SIGUSR1 of signal(7) for x86 and ARM.
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>SIGTERM and SIGINT: the service is to stop in good order.</summary>
    public ProcessSignals OnStop(Action stop) => Register(PosixSignal.SIGTERM, stop).Register(PosixSignal.SIGINT, stop);

    /// <summary>SIGHUP, which `systemctl reload` sends: settings are to be read again.</summary>
    public ProcessSignals OnReload(Action reload) => Register(PosixSignal.SIGHUP, reload);

    /// <summary>SIGUSR1: debug logging is to be switched on or off.</summary>
    public ProcessSignals OnToggleDebug(Action toggle) => Register(UserSignal1, toggle);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private ProcessSignals Register(PosixSignal signal, Action action)
    {
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            // Without this the runtime would end the process at once.
            context.Cancel = true;
            action();
        }));
        return this;
    }
}
