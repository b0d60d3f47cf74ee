using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identity;

/// <summary>Whom a join token lets in.</summary>
public enum JoinTokenKind
{
    /// <summary>An agent.</summary>
    Agent,

    /// <summary>An operator.</summary>
    Operator,
}

/// <summary>
/// What a new agent or operator is given to join: a secret, and the fingerprint that lets it know the controller.
/// Text form: <c>fleet1.(a|o).ID.SECRET.FINGERPRINT</c>, the last two in base64url.
/// </summary>
/// <param name="Kind">Whom it lets in.</param>
/// <param name="Id">The token's id without its "t-" prefix.</param>
/// <param name="Secret">32 random bytes; the controller stores only their SHA-256.</param>
/// <param name="RootFingerprint">SHA-256 of the fleet root certificate (DER).</param>
public sealed record JoinToken(JoinTokenKind Kind, string Id, byte[] Secret, byte[] RootFingerprint)
{
    private const string Version = "fleet1";
    private const int HashBytes = 32;
    private const int LongestText = 256;

    /// <summary>Reads a token; surrounding white space is ignored.</summary>
    /// <param name="text">What the operator pasted.</param>
    /// <param name="token">The token, where the result is true.</param>
    /// <param name="error">Where the result is false: what is wrong and how to fix it. Never contains the secret.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out JoinToken? token, [NotNullWhen(false)] out string? error)
    {
        token = null;
        var parts = (text ?? "").Trim().Split('.');
        if (parts[0].Length == 0 || parts.Length == 1 || text!.Length > LongestText)
        {
            error = "this is not a join token: it starts with \"fleet1.\" and comes from `fleet token create`";
            return false;
        }

        if (parts[0] != Version)
        {
            error = $"the join token's form \"{Shorten(parts[0])}\" is not known here: this version reads \"{Version}\"";
            return false;
        }

        if (parts.Length != 5)
        {
            error = $"the join token has {parts.Length} parts instead of 5: paste it whole";
            return false;
        }

        JoinTokenKind? kind = parts[1] switch { "a" => JoinTokenKind.Agent, "o" => JoinTokenKind.Operator, _ => null };
        if (kind is null || !IsId(parts[2]) || Decode(parts[3]) is not { } secret || Decode(parts[4]) is not { } fingerprint)
        {
            error = "the join token is damaged: paste it again, or create a new one with `fleet token create`";
            return false;
        }

        token = new JoinToken(kind.Value, parts[2], secret, fingerprint);
        error = null;
        return true;
    }

    /// <summary>The token's text form. It contains the secret.</summary>
    public string ToText() =>
        $"{Version}.{(Kind == JoinTokenKind.Agent ? 'a' : 'o')}.{Id}.{Base64Url.EncodeToString(Secret)}.{Base64Url.EncodeToString(RootFingerprint)}";

    /// <summary>What the controller stores and compares.</summary>
    public byte[] SecretHash() => SHA256.HashData(Secret);

    /// <summary>The token without its secret, fit for logs.</summary>
    public override string ToString() => $"{Kind} token t-{Id}";

    private static bool IsId(string text) => text.Length is > 0 and <= 32 && Characters.AreAll(text, c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    private static byte[]? Decode(string text)
    {
        if (text.Length != 43 || !Base64Url.IsValid(text, out var bytes) || bytes != HashBytes)
            return null;
        return Base64Url.DecodeFromUtf8(Encoding.ASCII.GetBytes(text));
    }

    private static string Shorten(string text) => text.Length <= 16 ? text : text[..16] + "...";
}
