using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans.Files;

/// <summary>Reads where alerts go.</summary>
internal sealed class ChannelReader(ScanFaults faults, EnvironmentText environment)
{
    private const int ImplicitPort = 465;
    private static readonly string[] s_keys = ["name", "webhook", "command", "smtp"];
    private static readonly string[] s_webhookKeys = ["url", "form", "headers"];
    private static readonly string[] s_smtpKeys = ["host", "port", "from", "to", "user", "password", "start_tls", "tls"];

    private static readonly KeyValuePair<string, Smtp.Types.Tls>[] s_tls =
    [
        new("implicit", Smtp.Types.Tls.Implicit), new("starttls", Smtp.Types.Tls.Starttls), new("none", Smtp.Types.Tls.None),
    ];

    private static readonly KeyValuePair<string, Webhook.Types.Form>[] s_forms =
    [
        new("generic", Webhook.Types.Form.Generic), new("slack", Webhook.Types.Form.Slack),
        new("dingtalk", Webhook.Types.Form.Dingtalk), new("feishu", Webhook.Types.Form.Feishu),
    ];

    /// <summary>A channel and the place of its name; null where it cannot be told what it is.</summary>
    public (NotificationChannel Channel, YamlScalar Name)? Read(YamlNode node)
    {
        if (node is not YamlMap entries)
        {
            faults.Add(node.At, "a channel must be keys and values", "write - name: ops, and under it webhook:, command: or smtp:");
            return null;
        }

        var map = new MapReader(entries, "a channel", s_keys, faults);
        map.Required("name", "alert rules name the channel by it");
        var kinds = s_keys[1..].Where(map.Has).ToList();
        if (kinds.Count != 1)
        {
            faults.Add(map.At, kinds.Count == 0 ? "a channel needs webhook, command or smtp" : $"a channel is one of {string.Join(" and ", kinds)}", "make a channel of each");
            return null;
        }

        var channel = new NotificationChannel();
        if (kinds[0] == "command")
            channel.Command = ReadCommand(map);
        else if (map.Node(kinds[0]) is not YamlMap inner)
            faults.Add(map.Node(kinds[0])!.At, $"\"{kinds[0]}\" must be keys and values", kinds[0] == "webhook" ? "write webhook: {url: ...}" : "write smtp: {host: ..., from: ..., to: ...}");
        else if (kinds[0] == "webhook")
            channel.Webhook = ReadWebhook(new MapReader(inner, "a webhook", s_webhookKeys, faults));
        else
            channel.Smtp = ReadSmtp(new MapReader(inner, "an smtp channel", s_smtpKeys, faults));
        if (map.Text("name") is not { } name)
            return null;
        ScanName.Check(name, "a channel's name", faults);
        channel.Name = name.Text;
        return (channel, name);
    }

    private Webhook ReadWebhook(MapReader map)
    {
        map.Required("url", "write url: https://..., or url: ${NAME} to take it from the environment");
        var webhook = new Webhook { Form = map.Word("form", s_forms, Webhook.Types.Form.Generic) };
        if (map.Text("url") is { } text && environment.Expand(text) is { } url)
        {
            // The address may hold a secret: it is not repeated.
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                faults.Add(text.At, "\"url\" is not an HTTP(S) URL", "write https://HOST/PATH");
            else if (uri.UserInfo.Length > 0)
                faults.Add(text.At, "\"url\" contains a user name", "put it into headers: {Authorization: ...}");
            webhook.Url = url;
        }

        if (map.Node("headers") is YamlMap headers)
        {
            foreach (var (key, value) in headers.Entries)
            {
                if (key.Text.Length == 0 || key.Text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
                    faults.Add(key.At, $"\"{key.Text}\" is not a header name", "names have letters, digits and '-'");
                if (value is not YamlScalar line)
                    faults.Add(value.At, $"header \"{key.Text}\" must be a text", $"write {key.Text}: VALUE");
                else
                    webhook.Headers[key.Text] = environment.Expand(line) ?? "";
            }
        }
        else if (map.Node("headers") is { } other)
        {
            faults.Add(other.At, "\"headers\" must be keys and values", "write headers: {Authorization: 'Bearer ${TOKEN}'}");
        }

        return webhook;
    }

    private CommandChannel ReadCommand(MapReader map)
    {
        var words = map.Texts("command");
        if (words.Count > 0 && !words[0].Text.StartsWith('/'))
            faults.Add(words[0].At, $"\"{words[0].Text}\" is not an absolute path", "commands run on the controller's host without a shell: write an absolute path, and arguments as a list");
        return new CommandChannel { Words = { words.Select(word => environment.Expand(word) ?? "") } };
    }

    private Smtp ReadSmtp(MapReader map)
    {
        map.Required("host", "the mail server that accepts the messages");
        map.Required("from", "the sender's address");
        map.Required("to", "one address, or a list");
        // start_tls: true is the older way to write tls: starttls.
        var tls = map.Word("tls", s_tls, Smtp.Types.Tls.Unspecified);
        var startTls = map.Flag("start_tls");
        if (map.Has("tls") && map.Has("start_tls"))
            faults.Add(map.At, "tls and start_tls cannot be combined", "write tls: implicit, starttls or none alone");
        var isSecure = startTls || tls is Smtp.Types.Tls.Starttls or Smtp.Types.Tls.Implicit;
        var port = map.Number("port", 1, 65535);
        if (port == ImplicitPort && !map.Has("tls"))
            faults.Add(map.At, "port 465 speaks TLS from the first byte", "write tls: implicit");
        var smtp = new Smtp
        {
            Host = Text(map, "host"),
            Port = (uint)(port ?? (tls == Smtp.Types.Tls.Implicit ? ImplicitPort : isSecure ? 587 : 25)),
            User = Text(map, "user"),
            Password = Text(map, "password"),
            // A controller that knows start_tls alone must not send in clear what is not to be.
            StartTls = isSecure,
            Tls = tls,
        };
        smtp.From = Address(map.Text("from"));
        smtp.To.AddRange(map.Texts("to").Select(Address));
        if (smtp.User.Length > 0 && !isSecure && smtp.Host is not ("localhost" or "127.0.0.1" or "::1"))
            faults.Add(map.At, "a password would be sent unencrypted", "write tls: implicit or tls: starttls");
        if (map.Has("user") != map.Has("password"))
            faults.Add(map.At, "user and password must be given together", "give both or none");
        return smtp;
    }

    private string Text(MapReader map, string key) => map.Text(key) is { } text ? environment.Expand(text) ?? "" : "";

    private string Address(YamlScalar? text)
    {
        if (text is null || environment.Expand(text) is not { } address)
            return "";
        if (address.Length > 320 || address.Split('@') is not [{ Length: > 0 }, { Length: > 0 }] || address.Any(c => char.IsControl(c) || c == ' '))
            faults.Add(text.At, $"\"{address}\" is not an email address", "write name@example.org");
        return address;
    }
}
