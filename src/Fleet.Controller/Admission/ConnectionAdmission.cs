using System.IO.Pipelines;
using Fleet.Controller.Identity;
using Fleet.Hosting.Settings;
using Microsoft.AspNetCore.Connections;

namespace Fleet.Controller.Admission;

/// <summary>The way of a connection into the controller: one step before the TLS handshake, one right after.</summary>
internal sealed class ConnectionAdmission(
    ConnectionTable table, HandshakeGate gate, KnownSources known, Reloadable<HandshakeOptions> handshakes, Reloadable<AnonymousOptions> anonymous, AdmissionLog log, TimeProvider time)
{
    /// <summary>The step before the handshake: the ClientHello first, and then turn by turn.</summary>
    public ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        var transport = connection.Transport;
        try
        {
            var source = PeerSource.Of(connection.RemoteEndPoint);
            using var newcomer = table.Newcomers.Enter(source, from =>
            {
                log.Note(AdmissionDrop.MadeRoom, from);
                connection.Abort(new ConnectionAbortedException("Closed to make room for other sources."));
            });

            // 1. Until it has spoken it costs nothing but a place among the newcomers.
            if (!await SaysHelloAsync(connection, source))
                return;
            newcomer.SetServed(true);

            // 2. The handshake and all that follows.
            using var reader = new HandshakeReader(transport.Input, gate, source, connection.ConnectionClosed);
            connection.Transport = new Duplex(reader, transport.Output);
            connection.Features.Set(new Handshake(newcomer, reader, source));
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
            table.Closed();
        }
    };

    /// <summary>The step right after the handshake: who it is decides which bounds hold from here on.</summary>
    public ConnectionDelegate After(ConnectionDelegate next) => async connection =>
    {
        var handshake = connection.Features.Get<Handshake>()!;
        connection.Features.Set<Handshake>(null);
        handshake.Reader.Dispose();
        if (connection.Features.Get<ConnectionCaller>()?.Current is CallerIdentity.Agent or CallerIdentity.Operator)
        {
            using var seat = table.EnterAuthenticated();
            using var source = known.Connected(handshake.Source);
            handshake.Newcomer.Dispose();
            await next(connection);
            return;
        }

        using var stranger = new AnonymousConnection(connection, table.Anonymous, handshake.Source, anonymous, log, time);
        handshake.Newcomer.Dispose();
        connection.Features.Set(stranger);
        await next(connection);
    };

    private async Task<bool> SaysHelloAsync(ConnectionContext connection, PeerSource source)
    {
        var input = connection.Transport.Input;
        using var limit = new CancellationTokenSource(handshakes.Value.HelloTimeout, time);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(limit.Token);
                var hello = ClientHellos.Look(read.Buffer);
                // Of a whole one nothing counts as looked at, or the handshake would wait for more.
                input.AdvanceTo(read.Buffer.Start, hello == ClientHello.Whole ? read.Buffer.Start : read.Buffer.End);
                if (hello == ClientHello.Whole)
                    return true;
                if (hello == ClientHello.NotTls)
                    log.Note(AdmissionDrop.NotTls, source);
                if (hello == ClientHello.NotTls || read.IsCompleted || read.IsCanceled)
                    return false;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Reset by its peer, or evicted, which both may look like a cancellation; or its time is up.
            if (limit.IsCancellationRequested && !connection.ConnectionClosed.IsCancellationRequested)
                log.Note(AdmissionDrop.Silent, source);
            return false;
        }
    }

    private sealed record Handshake(PooledConnection Newcomer, HandshakeReader Reader, PeerSource Source);

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
