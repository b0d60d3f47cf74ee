using System.Net;
using System.Security.Cryptography;
using Fleet.Controller.Admission;
using Fleet.Controller.Identity;
using Fleet.Controller.Logging;
using Fleet.Protocol.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Enrollment;

/// <summary>Whether a token is one of ours. Whether it is still good, the store decides in the same commit as the enrollment.</summary>
internal sealed partial class TokenGate(
    CertificateAuthority authority, ITokenStore tokens, GuessLimiter guesses, PeerLines lines, ILogger<TokenGate> logger)
{
    private const int LinesOfASource = 10;
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

        var wait = guesses.WaitFor(address);
        guesses.Count(address);
        if (lines.Admits(PeerSource.Of(address).ToString(), "sent a join token that is not ours", $"t-{token.Id}", LinesOfASource))
            LogWrongToken(token.Id, address);
        return (null, wait is null ? JoinRefusal.UnknownToken : JoinRefusal.TooManyGuesses(wait.Value));
    }

    [LoggerMessage(3100, LogLevel.Warning, "Unknown join token t-{TokenId} from {Address}")]
    private partial void LogWrongToken(string tokenId, IPAddress? address);
}
