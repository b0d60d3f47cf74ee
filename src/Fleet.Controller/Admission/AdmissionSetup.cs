using Fleet.Hosting.Settings;
using Microsoft.AspNetCore.Connections;

namespace Fleet.Controller.Admission;

/// <summary>What the room offers: who may connect, how many at once, and who gives way to whom.</summary>
internal static class AdmissionSetup
{
    /// <summary>Adds the room.</summary>
    public static IServiceCollection AddAdmission(
        this IServiceCollection services, int maxConnections, Reloadable<HandshakeOptions> handshakes, Reloadable<AnonymousOptions> anonymous) => services
        .AddSingleton(handshakes)
        .AddSingleton(anonymous)
        .AddSingleton<KnownSources>()
        .AddSingleton(provider => new ConnectionTable(maxConnections, handshakes, anonymous, provider.GetRequiredService<KnownSources>()))
        .AddSingleton<HandshakeGate>()
        .AddSingleton<AdmissionLog>()
        .AddSingleton<ConnectionAdmission>()
        // The last one registered is asked first.
        .AddSingleton<IConnectionListenerFactory, AdmittingListenerFactory>();
}
