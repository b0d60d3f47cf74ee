using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>Channels as they are shown: without what would let the reader send by them.</summary>
internal static class SecretMask
{
    /// <summary>Stands for a secret.</summary>
    public const string Mask = "***";

    /// <summary>A channel to be shown. The address of a webhook is its secret, but for the host.</summary>
    public static NotificationChannel Of(NotificationChannel channel)
    {
        var shown = channel.Clone();
        if (shown.Webhook is { } webhook)
        {
            webhook.Url = Uri.TryCreate(webhook.Url, UriKind.Absolute, out var url) ? $"{url.Scheme}://{url.Authority}/{Mask}" : Mask;
            foreach (var name in webhook.Headers.Keys.ToList())
                webhook.Headers[name] = Mask;
        }

        // Arguments hold tokens as often as addresses do; the program tells what it is.
        if (shown.Command is { } command)
        {
            for (var i = 1; i < command.Words.Count; i++)
                command.Words[i] = Mask;
        }

        if (shown.Smtp is { Password.Length: > 0 } smtp)
            smtp.Password = Mask;
        return shown;
    }

    /// <summary>Whether a text holds the mask.</summary>
    public static bool IsIn(string text) => text.Contains(Mask, StringComparison.Ordinal);
}
