namespace Fleet.Controller.Identity;

/// <summary>A certificate just made.</summary>
/// <param name="Der">The certificate.</param>
/// <param name="Serial">Its serial number, as the store and the revocations know it.</param>
/// <param name="NotAfter">When it ends.</param>
internal sealed record IssuedCertificate(byte[] Der, string Serial, DateTimeOffset NotAfter);
