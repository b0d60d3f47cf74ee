using Fleet.Controller.Admission;
using Fleet.Controller.Hosting;
using Fleet.Controller.Identity;
using Fleet.Controller.Logging;
using Fleet.Hosting.Settings;
using Fleet.Protocol;

namespace Fleet.Controller.Artifacts;

/// <summary>
/// Sends script and agents to hosts that are being installed. Downloads at once are bounded, and so are the time and the least rate of
/// each: a thousand new hosts must not slow down the fleet that is there. Who finds no place is told to come back, and curl does.
/// </summary>
internal sealed partial class ArtifactDownloads(
    ArtifactStore shelf,
    ArtifactPlaces places,
    CertificateAuthority authority,
    Reloadable<ControllerOptions> options,
    PeerLines lines,
    TimeProvider time,
    ILogger<ArtifactDownloads> logger)
{
    /// <summary>Where the script is.</summary>
    public const string ScriptPath = "/install.sh";

    /// <summary>Below which the agents are.</summary>
    public const string ArtifactPath = "/artifacts/";

    private const int RetryAfterSeconds = 2;
    private const int LinesOfASource = 20;
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromMinutes(5);

    /// <summary>Sends the script.</summary>
    public async Task SendScriptAsync(HttpContext http)
    {
        if (!InstallScript.TryReadAddress(http.Request.Host.Value, out var address))
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "the Host header is not an address");
            return;
        }

        if (shelf.FindAgents() is not [var first, ..] agents)
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, "this controller has no agent to give");
            return;
        }

        var script = InstallScript.Compose(address, authority.ControllerKeyHash, agents, await File.ReadAllTextAsync(shelf.ScriptFile, http.RequestAborted));
        http.Response.ContentType = "text/x-shellscript; charset=utf-8";
        await http.Response.WriteAsync(script, http.RequestAborted);
        if (lines.Admits(SourceOf(http).ToString(), "got the install script", first.Version, LinesOfASource))
            LogScript(http.Connection.RemoteIpAddress, first.Version);
    }

    /// <summary>Sends an agent.</summary>
    public async Task SendArtifactAsync(HttpContext http)
    {
        if (shelf.FindFile((string)http.Request.RouteValues["name"]!, out var refusal) is not { } path)
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, refusal);
            return;
        }

        using var place = places.TryTakeAnonymous(SourceOf(http));
        if (place is null)
        {
            http.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "too many hosts are being installed: come back");
            return;
        }

        if (Open(path) is not { } file)
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, "the controller cannot read the file");
            return;
        }

        try
        {
            await using var closing = file;
            using var limit = new CancellationTokenSource(s_timeLimit, time);
            await using var cut = limit.Token.UnsafeRegister(static it => ((HttpContext)it!).Abort(), http);
            await SendFileAsync(http, file);
            if (lines.Admits(SourceOf(http).ToString(), "got an artifact", Path.GetFileName(path), LinesOfASource))
                LogArtifact(http.Connection.RemoteIpAddress, Path.GetFileName(path));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            if (lines.Admits(SourceOf(http).ToString(), "did not get an artifact whole", Path.GetFileName(path), LinesOfASource))
                LogCut(http.Connection.RemoteIpAddress, Path.GetFileName(path));
        }
    }

    // Removed a moment ago, or not the controller's to read.
    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A piece at a time, so that what is taken can be counted.
    private async Task SendFileAsync(HttpContext http, FileStream file)
    {
        http.Response.ContentType = "application/gzip";
        http.Response.ContentLength = file.Length;
        using var pace = new DownloadPace(() => options.Value.MinDownloadRate, time, http.Abort);
        var left = file.Length;
        var buffer = new byte[Limits.ChunkBytes];
        int count;
        while (left > 0 && (count = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), http.RequestAborted)) > 0)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, count), http.RequestAborted);
            pace.Taken(count);
            left -= count;
        }

        // Somebody has made it shorter meanwhile: what was announced cannot be kept.
        if (left > 0)
            http.Abort();
    }

    private static PeerSource SourceOf(HttpContext http) => PeerSource.Of(http.Connection.RemoteIpAddress);

    private static Task RefuseAsync(HttpContext http, int status, string why)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(why + "\n", http.RequestAborted);
    }

    [LoggerMessage(3320, LogLevel.Information, "{Peer} downloaded the install script for agent {Version}")]
    private partial void LogScript(System.Net.IPAddress? peer, string version);

    [LoggerMessage(3321, LogLevel.Information, "{Peer} downloaded {File}")]
    private partial void LogArtifact(System.Net.IPAddress? peer, string file);

    [LoggerMessage(3322, LogLevel.Warning, "{Peer} did not download all of {File}: it disconnected, was too slow (minDownloadRate), or took longer than 5 minutes")]
    private partial void LogCut(System.Net.IPAddress? peer, string file);
}
