using System.Collections.Frozen;

namespace Fleet.Controller.Hosting;

/// <summary>
/// The paths of calls by agents of earlier versions, from before services and methods were renamed: agents are upgraded after their controller, and
/// fetch their new version by the old path.
/// </summary>
internal static class EarlierPaths
{
    /// <summary>Current paths by earlier ones.</summary>
    public static readonly FrozenDictionary<string, string> All = new Dictionary<string, string>
    {
        ["/fleet.v1.Enrolment/GetTrust"] = "/fleet.v1.Enrollment/GetTrust",
        ["/fleet.v1.Enrolment/EnrolAgent"] = "/fleet.v1.Enrollment/EnrollAgent",
        ["/fleet.v1.Artefacts/FetchArtefact"] = "/fleet.v1.Artifacts/FetchArtifact",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Replaces an earlier path by the current one. Must run before routing.</summary>
    public static Task RewriteAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.Value is { } path && All.TryGetValue(path, out var current))
            http.Request.Path = current;
        return next(http);
    }
}
