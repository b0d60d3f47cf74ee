using System.Runtime.InteropServices;

namespace Fleet.Cli.Interrupt;

/// <summary>Ctrl-C (or TERM) as a token: the first press asks the command to stop what it waits for, the second ends it.</summary>
internal sealed class CtrlC : IDisposable
{
    private readonly CancellationTokenSource _pressed = new();
    private readonly CancellationTokenSource _insisted = new();
    private readonly PosixSignalRegistration[] _registrations;

    public CtrlC() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take),
    ];

    /// <summary>Pressed once.</summary>
    public CancellationToken Pressed => _pressed.Token;

    /// <summary>Pressed again.</summary>
    public CancellationToken Insisted => _insisted.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _pressed.Dispose();
        _insisted.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        if (_insisted.IsCancellationRequested)
            return;
        context.Cancel = true;
        if (!_pressed.IsCancellationRequested)
            _pressed.Cancel();
        else
            _insisted.Cancel();
    }
}
