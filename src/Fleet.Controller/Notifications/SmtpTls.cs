using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>How a mail channel is to be encrypted.</summary>
internal static class SmtpTls
{
    /// <summary>What <c>tls</c> says; where it says nothing, what <c>start_tls</c> does, which channels of before have alone.</summary>
    public static Smtp.Types.Tls Security(this Smtp smtp) =>
        smtp.Tls != Smtp.Types.Tls.Unspecified ? smtp.Tls : smtp.StartTls ? Smtp.Types.Tls.Starttls : Smtp.Types.Tls.None;
}
