using Fleet.Controller.Registry;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Hits;

/// <summary>Turns a request for hits into a query. Every field is checked.</summary>
internal static class HitRequest
{
    private const int DefaultLimit = 1000;
    private const int MostLimit = 100_000;
    private const int MostNames = 500;
    private const int LongestText = 4096;
    private const long LastMs = 253_402_300_799_999;

    /// <summary>The query, its limit left open.</summary>
    /// <exception cref="RpcException">A field is wrong; or the target means nobody.</exception>
    public static FindingQuery Read(SearchHitsRequest request, TargetResolver resolver)
    {
        if (request.Scans.Count > MostNames || request.Patterns.Count > MostNames)
            throw Bad($"scans and patterns may hold {MostNames} names each");
        if (request.Text.Length > LongestText)
            throw Bad($"text must have at most {LongestText} characters");
        if (!Enum.IsDefined(request.Severity))
            throw Bad("severity is none that this controller knows: info, warning, error or critical");
        if (request.Follow && (request.Clusters || request.UntilMs != 0))
            throw Bad("follow cannot be combined with clusters or until_ms");
        if (!request.Follow && request.AfterCursor.Length > 0)
            throw Bad("after_cursor goes with follow");
        return new FindingQuery
        {
            Scans = request.Scans,
            Patterns = request.Patterns,
            AgentIds = string.IsNullOrWhiteSpace(request.Target?.Expression)
                ? null
                : [.. resolver.Resolve(request.Target, "").OrRefuse().Agents.Select(agent => agent.Id)],
            Since = Time("since_ms", request.SinceMs),
            Until = Time("until_ms", request.UntilMs),
            MinSeverity = (int)request.Severity,
            Text = request.Text,
        };
    }

    /// <summary>Behind which position following goes on; null where it begins.</summary>
    /// <exception cref="RpcException">It is none.</exception>
    public static long? After(SearchHitsRequest request) => request.AfterCursor.Length > 0 ? HitCursor.Read(request.AfterCursor) : null;

    /// <summary>How many are wanted.</summary>
    public static int Limit(SearchHitsRequest request) => request.Limit switch
    {
        0 => DefaultLimit,
        <= MostLimit => (int)request.Limit,
        _ => throw Bad($"limit is at most {MostLimit}: narrow the window, or count with clusters"),
    };

    private static DateTimeOffset? Time(string field, long ms) => ms switch
    {
        0 => null,
        > 0 and <= LastMs => DateTimeOffset.FromUnixTimeMilliseconds(ms),
        _ => throw Bad($"{field} is out of range"),
    };

    private static RpcException Bad(string fault) => new(new Status(StatusCode.InvalidArgument, fault));
}
