using Fleet.Protocol.V1;

namespace Fleet.Cli.Hits;

/// <summary>Shows hits.</summary>
internal interface IHitReport
{
    /// <summary>Takes a page of them.</summary>
    void Take(SearchHitsReply reply);

    /// <summary>There are no more.</summary>
    void Finish();
}
