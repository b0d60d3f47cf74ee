using Fleet.Controller.Dispatch;

namespace Fleet.Controller.Identity;

/// <summary>What the room offers to the others.</summary>
internal static class IdentitySetup
{
    /// <summary>Adds the room. The authority, the directory and the store's record, which come from the data, are added by the host.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services) => services
        .AddSingleton<ClientCertificateValidator>()
        .AddSingleton<IdentityRevocation>()
        .AddSingleton<IdentityRenewal>()
        .AddSingleton<ServerCertificate>()
        .AddSingleton<StoreRecordLoop>()
        .AddLoop<StoreRecordLoop>(static (loop, cancellationToken) => loop.RunAsync(cancellationToken))
        .AddHostedService(provider => provider.GetRequiredService<ServerCertificate>());
}
