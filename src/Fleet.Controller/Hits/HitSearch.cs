using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Hits;

/// <summary>Searches what was found: newest first in pages, or counted by template.</summary>
internal sealed class HitSearch(IFleetStore store, HitReadLimiter turns)
{
    private const int RowsPerPage = 200;
    private const int MostClusters = 10_000;
    private const int MostGaps = 1000;

    /// <summary>Writes the newest, so many at most.</summary>
    public async Task RunAsync(FindingQuery query, int limit, IServerStreamWriter<SearchHitsReply> responses, CancellationToken cancellationToken)
    {
        var left = limit;
        while (true)
        {
            // One more than is wanted tells whether there are more.
            var wanted = Math.Min(RowsPerPage, left);
            var page = await turns.ReadAsync(() => store.Findings.ReadAsync(query with { Limit = wanted + 1 }, cancellationToken), cancellationToken);
            var shown = page.Take(wanted).ToArray();
            left -= shown.Length;
            await WriteAsync(shown, responses, cancellationToken);
            if (page.Count > wanted && left == 0)
                await responses.WriteAsync(new SearchHitsReply { Truncated = true }, cancellationToken);
            if (left == 0 || page.Count <= wanted)
                return;
            query = query with { After = new FindingPlace(shown[^1].Finding.At, shown[^1].Seq) };
        }
    }

    /// <summary>Writes templates and their numbers, the most frequent first, and the gaps beside them.</summary>
    public async Task CountAsync(FindingQuery query, int limit, IServerStreamWriter<SearchHitsReply> responses, CancellationToken cancellationToken)
    {
        limit = Math.Min(limit, MostClusters - 1);
        var clusters = await turns.ReadAsync(() => store.Findings.ClustersAsync(query with { Limit = limit + 1 }, cancellationToken), cancellationToken);
        foreach (var reply in HitMessages.Pack(clusters.Take(limit)))
            await responses.WriteAsync(reply, cancellationToken);
        var gaps = await turns.ReadAsync(
            () => store.Findings.ReadAsync(query with { Kind = FindingKind.Gap, Limit = MostGaps }, cancellationToken), cancellationToken);
        await WriteAsync(gaps, responses, cancellationToken);
        if (clusters.Count > limit || gaps.Count == MostGaps)
            await responses.WriteAsync(new SearchHitsReply { Truncated = true }, cancellationToken);
    }

    private static async Task WriteAsync(
        IReadOnlyList<StoredFinding> findings, IServerStreamWriter<SearchHitsReply> responses, CancellationToken cancellationToken)
    {
        foreach (var (reply, _) in HitMessages.Pack(findings))
            await responses.WriteAsync(reply, cancellationToken);
    }
}
