using Microsoft.AspNetCore.Connections;

namespace Fleet.Controller.Hosting;

/// <summary>Puts <see cref="HandshakeGate"/> around the TLS handshake: one step before it, one right after.</summary>
internal sealed partial class HandshakeAdmission(HandshakeGate gate, TimeProvider time, ILogger<HandshakeAdmission> logger)
{
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private long _reportedAt = long.MinValue;
    private long _reported;

    /// <summary>The step before the handshake.</summary>
    public ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        var slot = await gate.EnterAsync(connection.ConnectionClosed);
        if (slot is null)
        {
            connection.Abort();
            Report();
            return;
        }

        connection.Features.Set(slot);
        try
        {
            await next(connection);
        }
        finally
        {
            // For handshakes that fail or time out; the others gave it back long ago.
            slot.Dispose();
        }
    };

    /// <summary>The step right after the handshake.</summary>
    public static ConnectionDelegate After(ConnectionDelegate next) => connection =>
    {
        connection.Features.Get<HandshakeSlot>()?.Dispose();
        connection.Features.Set<HandshakeSlot>(null);
        return next(connection);
    };

    // One line for a storm, not one for each of its drops.
    private void Report()
    {
        long refused;
        lock (_gate)
        {
            if (_reportedAt != long.MinValue && time.GetElapsedTime(_reportedAt) < s_reportEvery)
                return;
            _reportedAt = time.GetTimestamp();
            refused = gate.Refused - _reported;
            _reported += refused;
        }

        LogRefused(refused, gate.InProgress, gate.Waiting);
    }

    [LoggerMessage(3300, LogLevel.Warning, "{Count} connections were closed before their handshake: too many at once ({InProgress} in progress, {Waiting} waiting)")]
    private partial void LogRefused(long count, int inProgress, int waiting);
}
