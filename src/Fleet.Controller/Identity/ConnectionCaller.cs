namespace Fleet.Controller.Identity;

/// <summary>The caller as the connection's handshake found it; a feature of the connection, seen by all its requests.</summary>
/// <param name="found">What the handshake found.</param>
internal sealed class ConnectionCaller(CallerIdentity found)
{
    private static readonly CallerIdentity.Anonymous s_revoked = new(
        "this identity was revoked or removed while the connection was open; enroll again with a new token");

    /// <summary>Who it is now: nobody any more once revoked.</summary>
    public CallerIdentity Current => found.Revoked.IsCancellationRequested ? s_revoked : found;
}
