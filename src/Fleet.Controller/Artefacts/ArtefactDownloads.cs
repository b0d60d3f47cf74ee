using Fleet.Controller.Identity;

namespace Fleet.Controller.Artefacts;

/// <summary>
/// Sends script and agents to hosts that are being installed. Downloads at once are bounded, and so is the time of each: a
/// thousand new hosts must not slow down the fleet that is there. Who finds no place is told to come back, and curl does.
/// </summary>
internal sealed partial class ArtefactDownloads(
    ArtefactShelf shelf, ArtefactPlaces places, CertificateAuthority authority, TimeProvider time, ILogger<ArtefactDownloads> logger)
{
    /// <summary>Where the script is.</summary>
    public const string ScriptPath = "/install.sh";

    /// <summary>Below which the agents are.</summary>
    public const string ArtefactPath = "/artefacts/";

    private const int RetryAfterSeconds = 2;
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromMinutes(5);

    /// <summary>Sends the script.</summary>
    public async Task SendScriptAsync(HttpContext http)
    {
        if (!InstallScript.TryReadAddress(http.Request.Host.Value, out var address))
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "the Host header is not an address");
            return;
        }

        if (shelf.FindAgent() is not { } agent)
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, "this controller has no agent to give");
            return;
        }

        var script = InstallScript.Compose(address, authority.ControllerKeyHash, agent, await File.ReadAllTextAsync(shelf.ScriptFile, http.RequestAborted));
        http.Response.ContentType = "text/x-shellscript; charset=utf-8";
        await http.Response.WriteAsync(script, http.RequestAborted);
        LogScript(http.Connection.RemoteIpAddress, agent.Version);
    }

    /// <summary>Sends an agent.</summary>
    public async Task SendArtefactAsync(HttpContext http)
    {
        if (shelf.FindFile((string)http.Request.RouteValues["name"]!) is not { } path)
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, "there is no such file");
            return;
        }

        using var place = places.TryTake();
        if (place is null)
        {
            http.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "too many hosts are being installed: come back");
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(s_timeLimit, time);
            await using var cut = limit.Token.UnsafeRegister(static it => ((HttpContext)it!).Abort(), http);
            http.Response.ContentType = "application/gzip";
            http.Response.ContentLength = new FileInfo(path).Length;
            await http.Response.SendFileAsync(path, http.RequestAborted);
            LogArtefact(http.Connection.RemoteIpAddress, Path.GetFileName(path));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            LogCut(http.Connection.RemoteIpAddress, Path.GetFileName(path));
        }
    }

    private static Task RefuseAsync(HttpContext http, int status, string why)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(why + "\n", http.RequestAborted);
    }

    [LoggerMessage(3320, LogLevel.Information, "{Peer} got the install script, for agent {Version}")]
    private partial void LogScript(System.Net.IPAddress? peer, string version);

    [LoggerMessage(3321, LogLevel.Information, "{Peer} got {File}")]
    private partial void LogArtefact(System.Net.IPAddress? peer, string file);

    [LoggerMessage(3322, LogLevel.Warning, "{Peer} did not get {File} whole: it went away, or took longer than 5 minutes")]
    private partial void LogCut(System.Net.IPAddress? peer, string file);
}
