namespace Fleet.Protocol.Identity;

/// <summary>
/// Why a controller does not accept a certificate, where the reason may pass by itself: the trailer <c>fleet-refusal</c> beside the status
/// <c>UNAUTHENTICATED</c>. Other refusals have none: their holder must enroll anew.
/// </summary>
public static class IdentityRefusal
{
    /// <summary>Name of the trailer.</summary>
    public const string Trailer = "fleet-refusal";

    /// <summary>The certificate is this fleet's, but the controller's store has never heard of its holder: it may be another store, or an older one.</summary>
    public const string Unknown = "unknown";

    /// <summary>The certificate is not valid yet by the controller's clock: one of the clocks is wrong.</summary>
    public const string NotYetValid = "not-yet-valid";
}
