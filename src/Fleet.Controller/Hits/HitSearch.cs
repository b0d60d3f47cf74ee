using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Hits;

/// <summary>Searches what was found: newest first in pages, or counted by template.</summary>
internal sealed class HitSearch(IFleetStore store) : IDisposable
{
    private const int RowsPerPage = 200;
    private const int BytesPerMessage = 1 << 20;
    private const int OverheadBytes = 64;
    private const int MostClusters = 10_000;
    private const int MostGaps = 1000;

    // A search may walk through millions of hits. The store has four readers, and judging must find one free.
    private readonly SemaphoreSlim _reading = new(2);

    /// <summary>Writes the newest, so many at most.</summary>
    public async Task RunAsync(FindingQuery query, int limit, IServerStreamWriter<SearchHitsReply> responses, CancellationToken cancellationToken)
    {
        var left = limit;
        while (true)
        {
            // One more than is wanted tells whether there are more.
            var wanted = Math.Min(RowsPerPage, left);
            var page = await InTurnAsync(() => store.Findings.ReadAsync(query with { Limit = wanted + 1 }, cancellationToken), cancellationToken);
            var shown = page.Take(wanted).ToArray();
            left -= shown.Length;
            await WriteAsync(shown, page.Count > wanted && left == 0, responses, cancellationToken);
            if (left == 0 || page.Count <= wanted)
                return;
            query = query with { After = new FindingPlace(shown[^1].Finding.At, shown[^1].Seq) };
        }
    }

    /// <summary>Writes templates and their numbers, the most frequent first, and the gaps beside them.</summary>
    public async Task CountAsync(FindingQuery query, int limit, IServerStreamWriter<SearchHitsReply> responses, CancellationToken cancellationToken)
    {
        limit = Math.Min(limit, MostClusters - 1);
        var clusters = await InTurnAsync(() => store.Findings.ClustersAsync(query with { Limit = limit + 1 }, cancellationToken), cancellationToken);
        foreach (var page in clusters.Take(limit).Chunk(RowsPerPage))
            await responses.WriteAsync(new SearchHitsReply { Clusters = { page.Select(HitMessages.ToMessage) } }, cancellationToken);
        var gaps = await InTurnAsync(
            () => store.Findings.ReadAsync(query with { Kind = FindingKind.Gap, Limit = MostGaps }, cancellationToken), cancellationToken);
        await WriteAsync(gaps, clusters.Count > limit, responses, cancellationToken);
    }

    /// <summary>Writes findings, a bounded number of bytes a message.</summary>
    public static async Task WriteAsync(
        IReadOnlyList<StoredFinding> findings, bool truncated, IServerStreamWriter<SearchHitsReply> responses, CancellationToken cancellationToken)
    {
        var (reply, bytes) = (new SearchHitsReply(), 0);
        foreach (var (_, _, finding) in findings)
        {
            reply.Add(finding);
            bytes += OverheadBytes + finding.Text.Length + finding.Data.Length + finding.Template.Length;
            if (bytes < BytesPerMessage)
                continue;
            await responses.WriteAsync(reply, cancellationToken);
            (reply, bytes) = (new SearchHitsReply(), 0);
        }

        reply.Truncated = truncated;
        if (bytes > 0 || truncated)
            await responses.WriteAsync(reply, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private async Task<T> InTurnAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return await read();
        }
        finally
        {
            _reading.Release();
        }
    }
}
