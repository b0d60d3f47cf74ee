using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Cli.Connection;
using Fleet.Cli.Output;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Login;

/// <summary>
/// Renews the operator's certificate once two thirds of its life are over, at the end of a command that reached the
/// controller: whoever uses <c>fleet</c> now and then never has to log in again.
/// </summary>
internal sealed class IdentityUpkeep(Screen screen, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastCall = TimeSpan.FromDays(14);

    /// <summary>Whether it is time to renew.</summary>
    public static bool IsDue(X509Certificate2 certificate, DateTimeOffset now)
    {
        DateTimeOffset begin = certificate.NotBefore, end = certificate.NotAfter;
        return now >= begin + ((end - begin) * 2 / 3);
    }

    /// <summary>Asks for a certificate for a new key and stores both. Failing at it is not the command's failure: the next one tries again.</summary>
    public async Task RenewAsync(FleetClient client)
    {
        try
        {
            using var key = SigningRequest.NewKey();
            var request = new RenewCertificateRequest { Csr = Google.Protobuf.ByteString.CopyFrom(SigningRequest.Create(key, client.Context.Operator)) };
            var reply = await client.Operators.RenewCertificateAsync(request, deadline: time.GetUtcNow().UtcDateTime + Patience);
            client.IdentityFiles.SaveIdentity(key, [.. reply.Chain.Select(c => c.ToByteArray())]);
        }
        catch (Exception e) when (e is RpcException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Months are left for it at first; only towards the end is it worth a word.
            if (client.Identity.NotAfter - time.GetUtcNow() < LastCall)
                screen.Note($"your certificate expires on {client.Identity.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC and could not be renewed: {Reason(e)}");
        }
    }

    private static string Reason(Exception failure) => failure is RpcException rpc ? rpc.Reason() : failure.Message;
}
