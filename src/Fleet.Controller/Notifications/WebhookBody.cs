using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>What is posted to a webhook, in the form that its receiver reads.</summary>
internal static partial class WebhookBody
{
    /// <summary>The body, JSON.</summary>
    /// <remarks>
    /// Slack: incoming webhooks take {"text"}, in which three characters are signs. DingTalk: custom robots take
    /// {"msgtype":"text","text":{"content"}}. Feishu and Lark: custom bots take {"msg_type":"text","content":{"text"}}, in which a tag
    /// &lt;at user_id="all"&gt; mentions people and cannot be escaped.
    /// </remarks>
    public static byte[] Of(Webhook.Types.Form form, Notification notification) => form switch
    {
        Webhook.Types.Form.Slack => Write(json => json.WriteString("text", notification.Render(EscapeForSlack))),
        Webhook.Types.Form.Dingtalk => Write(json =>
        {
            json.WriteString("msgtype", "text");
            json.WriteStartObject("text");
            json.WriteString("content", notification.Render(BreakMentions));
            json.WriteEndObject();
            // Said although it is the default: nobody is mentioned, whatever the text looks like.
            json.WriteStartObject("at");
            json.WriteBoolean("isAtAll", false);
            json.WriteEndObject();
        }),
        Webhook.Types.Form.Feishu => Write(json =>
        {
            json.WriteString("msg_type", "text");
            json.WriteStartObject("content");
            json.WriteString("text", notification.Render(BreakMentions));
            json.WriteEndObject();
        }),
        _ => notification.Json(),
    };

    /// <summary>Whether receivers of a form answer 200 and refuse in the body.</summary>
    public static bool MayRefuse(Webhook.Types.Form form) => form is Webhook.Types.Form.Dingtalk or Webhook.Types.Form.Feishu;

    /// <summary>Why a receiver that answered 200 refused nevertheless; null where it did not. DingTalk and Feishu say so in the body.</summary>
    public static DeliveryException? RefusalIn(Webhook.Types.Form form, string body)
    {
        var (code, message) = form switch
        {
            Webhook.Types.Form.Dingtalk => ("errcode", "errmsg"),
            Webhook.Types.Form.Feishu => ("code", "msg"),
            _ => ("", ""),
        };
        if (code.Length == 0)
            return null;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty(code, out var number)
                || number.ValueKind != JsonValueKind.Number || (number.TryGetInt64(out var value) && value == 0))
            {
                return null;
            }

            var why = json.RootElement.TryGetProperty(message, out var text) ? text.ToString() : "";
            return new DeliveryException($"refused with {code} {number}: {why}") { IsThrottled = number.TryGetInt32(out var known) && TooFast(form).Contains(known) };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Both let through so many messages a minute and say with these codes that it was more.
    private static int[] TooFast(Webhook.Types.Form form) => form == Webhook.Types.Form.Dingtalk ? [130101, 130102] : [9499, 11232];

    private static string EscapeForSlack(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    // A log line must not be able to call people: a blank behind the sign, and the tag is a text that looks like it.
    private static string BreakMentions(string text) => MentionTag().Replace(text, "$0 ");

    [GeneratedRegex(@"<(?=\s*/?\s*at\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MentionTag();

    private static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
