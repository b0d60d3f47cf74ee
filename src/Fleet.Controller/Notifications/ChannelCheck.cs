using System.Net;
using System.Net.Mail;
using Fleet.Controller.Scans;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>Checks a channel before it is stored. Each fault names its field and a hint; none repeats a secret.</summary>
internal static class ChannelCheck
{
    private const int MostWords = 64;
    private const int MostHeaders = 32;
    private const int MostReceivers = 50;
    private const int LongestText = 4096;
    private const string Unmask = $"'{SecretMask.Mask}' stands where a secret is not shown: write the secret itself";

    /// <summary>All that is wrong with a channel.</summary>
    public static IEnumerable<string> FindFaults(NotificationChannel channel)
    {
        if (ScanName.Fault(channel.Name) is { Length: > 0 } name)
            yield return name;
        var fault = channel.KindCase switch
        {
            NotificationChannel.KindOneofCase.Webhook => Fault(channel.Webhook),
            NotificationChannel.KindOneofCase.Command => Fault(channel.Command),
            NotificationChannel.KindOneofCase.Smtp => Fault(channel.Smtp),
            _ => "webhook, command or smtp is required",
        };
        if (fault.Length > 0)
            yield return fault;
    }

    private static string Fault(Webhook webhook)
    {
        if (SecretMask.IsIn(webhook.Url) || webhook.Headers.Values.Any(SecretMask.IsIn))
            return $"webhook: {Unmask}";
        if (webhook.Url.Length > LongestText || !Uri.TryCreate(webhook.Url, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            return "webhook.url must be an address that begins with https:// or http://";
        if (url.UserInfo.Length > 0)
            return "webhook.url holds a user name: put it into an Authorization header";
        if (!Enum.IsDefined(webhook.Form))
            return "webhook.form is none that this controller knows: generic, slack, dingtalk or feishu";
        return webhook.Headers.Count > MostHeaders || !webhook.Headers.All(static header => IsToken(header.Key) && IsLine(header.Value))
            ? $"webhook.headers may hold {MostHeaders} headers, with names of letters, digits and '-', and values in one line"
            : "";
    }

    private static string Fault(CommandChannel command)
    {
        if (command.Words.Any(static word => word == SecretMask.Mask))
            return $"command: {Unmask}";
        if (command.Words.Count is 0 or > MostWords
            || command.Words.Any(static word => word.Length > LongestText || word.Contains('\0', StringComparison.Ordinal)))
            return $"command.words must be 1 to {MostWords} words of at most {LongestText} characters: the program, then its arguments";
        return Path.IsPathFullyQualified(command.Words[0]) ? "" : "command.words[0], the program, must be an absolute path on the controller's host";
    }

    private static string Fault(Smtp smtp)
    {
        if (SecretMask.IsIn(smtp.Password))
            return $"smtp.password: {Unmask}";
        if (Uri.CheckHostName(smtp.Host) == UriHostNameType.Unknown)
            return "smtp.host must be the name or address of a mail server";
        if (smtp.Port > IPEndPoint.MaxPort)
            return "smtp.port must lie between 1 and 65535; 0 means 465 with implicit TLS, 587 with STARTTLS and 25 without";
        if (!IsAddress(smtp.From))
            return "smtp.from must be a mail address, such as fleet@example.org";
        if (smtp.To.Count is 0 or > MostReceivers || !smtp.To.All(IsAddress))
            return $"smtp.to must hold 1 to {MostReceivers} mail addresses";
        if (!IsLine(smtp.User) || !IsLine(smtp.Password))
            return "smtp.user and smtp.password must be one line each";
        if (!Enum.IsDefined(smtp.Tls))
            return "smtp.tls is none that this controller knows: implicit, starttls or none";
        if (smtp.Tls == Smtp.Types.Tls.None && smtp.StartTls)
            return "smtp.tls says none, and smtp.start_tls the opposite: give one of them";
        return smtp.User.Length > 0 && smtp.Security() == Smtp.Types.Tls.None && !IsThisHost(smtp.Host)
            ? "smtp.tls is required where there is a user, implicit or starttls: the password would go over the network in clear"
            : "";
    }

    private static bool IsAddress(string text) => text.Length <= 320 && MailAddress.TryCreate(text, out _) && OneLineText.IsClean(text);

    private static bool IsLine(string text) => OneLineText.FindFault(text, LongestText) is null;

    private static bool IsThisHost(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    // RFC 9110, 5.6.2, as far as anybody uses it.
    private static bool IsToken(string name) => name.Length is > 0 and <= 100 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
