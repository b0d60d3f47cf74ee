using System.Net;
using System.Security.Cryptography;
using Fleet.Controller.Identity;
using Fleet.Protocol.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Enrolment;

/// <summary>Whether a token is one of ours. Whether it is still good, the store decides in the same commit as the enrolment.</summary>
internal sealed partial class TokenGate(
    CertificateAuthority authority, ITokenStore tokens, GuessLimiter guesses, ILogger<TokenGate> logger)
{
    private static readonly byte[] s_noHash = new byte[SHA256.HashSizeInBytes];

    /// <summary>Checks a token.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="wanted">What it is used for.</param>
    /// <param name="address">Where it came from.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The token, or why it does not count.</returns>
    public async Task<(JoinToken? Token, JoinRefusal? Refusal)> CheckAsync(
        string text, TokenKind wanted, IPAddress? address, CancellationToken cancellationToken)
    {
        if (guesses.WaitFor(address) is { } wait)
        {
            return (null, new JoinRefusal(
                JoinRefusalKind.TooManyGuesses,
                $"too many wrong join tokens came from this address: try again in {Math.Ceiling(wait.TotalSeconds)} s"));
        }

        if (!JoinToken.TryParse(text, out var token, out var error))
            return (null, JoinRefusal.Bad(error));
        if ((token.Kind == JoinTokenKind.Agent) != (wanted == TokenKind.Agent))
            return (null, JoinRefusal.WrongKind(wanted));

        // The id is no secret and may be looked up; the secret is compared in constant time, also where there is nothing to
        // compare it with.
        var known = await tokens.GetAsync($"t-{token.Id}", cancellationToken);
        var isSecretRight = CryptographicOperations.FixedTimeEquals(known?.SecretHash ?? s_noHash, token.SecretHash());
        var isOurs = CryptographicOperations.FixedTimeEquals(authority.Fleet.Fingerprint, token.RootFingerprint);
        if (known is not null && isSecretRight && isOurs)
            return (token, null);

        guesses.Count(address);
        LogWrongToken(token.Id, address);
        return (null, JoinRefusal.UnknownToken);
    }

    [LoggerMessage(3100, LogLevel.Warning, "a join token that is not ours (t-{TokenId}) came from {Address}")]
    private partial void LogWrongToken(string tokenId, IPAddress? address);
}
