using Grpc.Core;

namespace Fleet.Controller.Identity;

/// <summary>How the other rooms learn who calls.</summary>
internal static class CallerExtensions
{
    private static readonly CallerIdentity.Anonymous s_unseen = new("the connection shows no identity");

    /// <summary>Who calls. Verified once a connection; whether it has been revoked since is looked at each time.</summary>
    public static CallerIdentity GetCaller(this ServerCallContext context) => context.GetHttpContext().GetCaller();

    /// <summary>Who calls, in a word that people know: an operator's name.</summary>
    public static string GetCallerName(this ServerCallContext context) =>
        context.GetCaller() is CallerIdentity.Operator person ? person.Name : context.GetCaller().ToString();

    /// <inheritdoc cref="GetCaller(ServerCallContext)"/>
    public static CallerIdentity GetCaller(this HttpContext http) => http.Features.Get<ConnectionCaller>()?.Current ?? s_unseen;

    /// <summary>Serial of the certificate that the caller showed; empty where it showed none.</summary>
    public static string GetCertificateSerial(this ServerCallContext context) => context.GetHttpContext().Connection.ClientCertificate?.SerialNumber ?? "";
}
