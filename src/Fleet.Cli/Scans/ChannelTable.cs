using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans;

/// <summary>Where alerts go; the controller has masked what is secret.</summary>
internal static class ChannelTable
{
    public static void Write(Screen screen, IReadOnlyCollection<NotificationChannel> channels, bool asJson)
    {
        if (!asJson)
        {
            TableText.Write(screen, ["CHANNEL", "KIND", "TO"], channels.Select(channel => (IReadOnlyList<string>)[channel.Name, Kind(channel), To(channel)]));
            return;
        }

        var lines = new JsonLines(screen.Writer);
        foreach (var channel in channels)
        {
            lines.Write("channel", json =>
            {
                json.WriteString("channel", channel.Name);
                json.WriteString("kind", Kind(channel));
                json.WriteString("to", To(channel));
            });
        }
    }

    private static string Kind(NotificationChannel channel) => channel.KindCase switch
    {
        NotificationChannel.KindOneofCase.Webhook when channel.Webhook.Form is Webhook.Types.Form.Unspecified or Webhook.Types.Form.Generic => "webhook",
        NotificationChannel.KindOneofCase.Webhook => $"webhook ({channel.Webhook.Form.ToString().ToLowerInvariant()})",
        NotificationChannel.KindOneofCase.Command => "command",
        NotificationChannel.KindOneofCase.Smtp => "smtp",
        _ => "?",
    };

    private static string To(NotificationChannel channel) => channel.KindCase switch
    {
        NotificationChannel.KindOneofCase.Webhook => channel.Webhook.Url,
        NotificationChannel.KindOneofCase.Command => string.Join(' ', channel.Command.Words),
        NotificationChannel.KindOneofCase.Smtp => $"{string.Join(", ", channel.Smtp.To)} by {channel.Smtp.Host}:{channel.Smtp.Port}",
        _ => "",
    };
}
