using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.Json;
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
                json.WriteOptional("role", token.Role);
                json.WriteString("state", stateOf(token).Replace(' ', '_'));
                json.WriteNumber("uses", token.Uses);
                json.WriteNumber("max_uses", token.MaxUses);
                json.WriteTime("created_at", token.CreatedMs);
                json.WriteTime("expires_at", token.ExpiresMs);
                json.WriteString("created_by", token.CreatedBy);
                json.WriteBoolean("allow_replace", token.AllowReplace);
                json.WriteMap("labels", token.Labels);
                json.WriteOptional("note", token.Note);
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
                json.WriteTime("created_at", person.CreatedMs);
                json.WriteTime("certificate_expires_at", person.CertificateExpiresMs);
            });
        }
    }
}
