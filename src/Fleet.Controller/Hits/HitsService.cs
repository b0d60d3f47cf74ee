using Fleet.Controller.Registry;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Controller.Hits;

/// <summary>What scans found, for operators.</summary>
internal sealed class HitsService(HitSearch search, HitFollow follow, TargetResolver resolver) : Protocol.V1.Hits.HitsBase
{
    /// <inheritdoc/>
    public override Task SearchHits(SearchHitsRequest request, IServerStreamWriter<SearchHitsReply> responseStream, ServerCallContext context)
    {
        var query = HitRequest.Read(request, resolver);
        var limit = HitRequest.Limit(request);
        if (request.Follow)
            return follow.RunAsync(query, HitRequest.After(request), responseStream, context.CancellationToken);
        return request.Clusters
            ? search.CountAsync(query, limit, responseStream, context.CancellationToken)
            : search.RunAsync(query, limit, responseStream, context.CancellationToken);
    }
}
