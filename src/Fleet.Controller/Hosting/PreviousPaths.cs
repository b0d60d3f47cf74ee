using System.Collections.Frozen;

namespace Fleet.Controller.Hosting;

/// <summary>
/// Answers agents of the commit before the contract's American spelling: a call's path is on the wire. Agents are upgraded after their controller,
/// by fetching the new one under the old name.
/// </summary>
internal static class PreviousPaths
{
    private static readonly FrozenDictionary<string, string> s_paths = new Dictionary<string, string>
    {
        ["/fleet.v1.Enrolment/GetTrust"] = "/fleet.v1.Enrollment/GetTrust",
        ["/fleet.v1.Enrolment/EnrolAgent"] = "/fleet.v1.Enrollment/EnrollAgent",
        ["/fleet.v1.Artefacts/FetchArtefact"] = "/fleet.v1.Artifacts/FetchArtifact",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Gives a call its path of today, before it is routed.</summary>
    public static Task RewriteAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.Value is { } path && s_paths.TryGetValue(path, out var current))
            http.Request.Path = current;
        return next(http);
    }
}
