using Fleet.Controller.Access;
using Fleet.Controller.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Hosting;

/// <summary>What happens once in a controller's life: the trust roots are made, and a token for the first admin.</summary>
internal static class FirstStart
{
    private static readonly TimeSpan s_adminTokenLife = TimeSpan.FromDays(1);

    /// <summary>Why a first start must not happen in a directory; null where it may.</summary>
    public static string? FindObstacle(DataDirectory data)
    {
        if (new TrustFiles(data.TrustPath).Exist)
            return $"{data.Path} holds a controller already: nothing was changed (`fleet-controller token create --operator admin` lets another admin in)";
        return data.Contents is [var first, ..]
            ? $"{data.Path} has no trust roots but is not empty (it holds {first}): restore {data.TrustPath} from a backup, or name an empty directory with --data"
            : null;
    }

    /// <summary>Why no controller can run with a directory: a first start has not made it; null where one has.</summary>
    public static string? FindAbsence(DataDirectory data)
    {
        if (new TrustFiles(data.TrustPath).Exist)
            return null;
        return data.Contents is [var first, ..]
            ? $"{data.Path} has no trust roots but is not empty (it holds {first}): restore {data.TrustPath} from a backup, or name another directory with --data"
            : $"there is no fleet in {data.Path}: name its directory with --data, create a new fleet with `fleet-controller init`, or restore a backup with `fleet-controller restore`";
    }

    /// <summary>Makes the roots. They appear all at once, or not at all.</summary>
    public static void CreateRoots(DataDirectory data, TimeProvider time)
    {
        data.Secure();
        using var fleet = TrustRoot.Create("Fleet root", time.GetUtcNow());
        using var operators = TrustRoot.Create("Fleet operator root", time.GetUtcNow());
        new TrustFiles(data.TrustPath).Save(fleet, operators);
    }

    /// <summary>Makes the first admin's token and says how to use it. The text holds the secret: it is for a terminal, not for a log file.</summary>
    public static async Task<string> WelcomeAsync(
        OpenedData opened, ControllerOptions options, string adminName, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var tokens = new JoinTokens(opened.Store.Tokens, opened.Authority, time, loggers.CreateLogger<JoinTokens>());
        var order = new TokenOrder { Kind = TokenKind.Operator, Role = OperatorRole.Admin, Life = s_adminTokenLife, MaxUses = 1, Note = "first admin" };
        var (_, text) = await tokens.CreateAsync(order, "the first start", cancellationToken);
        return $"""
            A new fleet was made in {opened.Directory.Path}.
            Fingerprint of its root certificate (SHA-256):
              {Convert.ToHexStringLower(opened.Authority.Fleet.Fingerprint)}
            Log in as the first admin, once, within a day:
              fleet login --controller {options.AdvertisedAddress} --name {adminName} --token {text}
            """;
    }
}
