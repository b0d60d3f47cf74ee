using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Access;

/// <summary>Tokens and operators as JSON lines.</summary>
internal static class AccessJson
{
    public static void Write(Screen screen, IEnumerable<Token> tokens, Func<Token, string> stateOf)
    {
        var lines = new JsonLines(screen.Writer);
        foreach (var token in tokens)
        {
            lines.Write("token", json =>
            {
                json.WriteString("token", token.Id);
                json.WriteString("kind", token.Kind == TokenKind.Operator ? "operator" : "agent");
                if (token.Role.Length > 0)
                    json.WriteString("role", token.Role);
                json.WriteString("state", stateOf(token).Replace(' ', '_'));
                json.WriteNumber("uses", token.Uses);
                json.WriteNumber("max_uses", token.MaxUses);
                json.WriteNumber("created_ms", token.CreatedMs);
                json.WriteNumber("expires_ms", token.ExpiresMs);
                json.WriteString("created_by", token.CreatedBy);
                json.WriteBoolean("allow_replace", token.AllowReplace);
                json.WriteStartObject("labels");
                foreach (var (key, value) in token.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
                if (token.Note.Length > 0)
                    json.WriteString("note", token.Note);
            });
        }
    }

    public static void Write(Screen screen, IEnumerable<Operator> operators)
    {
        var lines = new JsonLines(screen.Writer);
        foreach (var person in operators)
        {
            lines.Write("operator", json =>
            {
                json.WriteString("operator", person.Name);
                json.WriteString("id", person.Id);
                json.WriteString("role", person.Role);
                json.WriteString("state", person.Revoked ? "revoked" : "active");
                json.WriteNumber("created_ms", person.CreatedMs);
                json.WriteNumber("certificate_expires_ms", person.CertificateExpiresMs);
            });
        }
    }
}
