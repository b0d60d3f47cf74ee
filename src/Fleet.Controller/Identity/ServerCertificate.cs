using System.Net.Security;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Identity;

/// <summary>
/// The controller's own certificate, renewed while it runs. Handshakes share one context, because OpenSSL keeps the keys of
/// session tickets in it: a context for each handshake would end TLS resumption.
/// </summary>
internal sealed partial class ServerCertificate(
    CertificateAuthority authority, Reloadable<CertificateOptions> options, TimeProvider time, ILogger<ServerCertificate> logger) : BackgroundService
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromHours(1);
    private volatile SslStreamCertificateContext _current = Make(authority);

    /// <summary>What new handshakes use. Connections that are open keep theirs.</summary>
    public SslStreamCertificateContext Current => _current;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Looked at often rather than awaited once: a machine that sleeps, or whose clock is set, still renews in time.
        var renewAt = time.GetUtcNow() + (options.Value.ControllerLifetime * 2 / 3);
        using var timer = new PeriodicTimer(s_lookEvery < options.Value.ControllerLifetime / 10 ? s_lookEvery : options.Value.ControllerLifetime / 10, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (time.GetUtcNow() < renewAt)
                continue;
            _current = Make(authority);
            renewAt = time.GetUtcNow() + (options.Value.ControllerLifetime * 2 / 3);
            LogRenewed(_current.TargetCertificate.NotAfter.ToUniversalTime());
        }
    }

    private static SslStreamCertificateContext Make(CertificateAuthority authority) =>
        SslStreamCertificateContext.Create(authority.IssueController(), additionalCertificates: null, offline: true);

    [LoggerMessage(3001, LogLevel.Information, "The controller's certificate was renewed; it is valid to {NotAfter:u}")]
    private partial void LogRenewed(DateTime notAfter);
}
