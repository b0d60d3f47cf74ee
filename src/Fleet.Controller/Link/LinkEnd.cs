using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Controller.Link;

/// <summary>What is done with the connection of a link that ends.</summary>
internal enum LinkFarewell
{
    /// <summary>What is queued still goes out, and the stream ends in order.</summary>
    Orderly = 0,

    /// <summary>The connection is torn: its peer does not answer.</summary>
    Abort,
}

/// <summary>Why a link ended. The first reason given is the one that counts.</summary>
/// <param name="OfflineReason">For operators: why the agent is away.</param>
/// <param name="Farewell">How its connection ends.</param>
/// <param name="Goodbye">Said to the agent last; null where there is nothing to say.</param>
/// <param name="Status">The stream's status where it is the agent's fault; null for an ordinary end.</param>
internal sealed record LinkEnd(string OfflineReason, LinkFarewell Farewell, Goodbye? Goodbye = null, Status? Status = null)
{
    /// <summary>The agent closed the stream, or its connection broke.</summary>
    public static LinkEnd Closed { get; } = new("closed", LinkFarewell.Orderly);

    /// <summary>Nothing was heard within the silence limit.</summary>
    public static LinkEnd Silent { get; } = new("silent", LinkFarewell.Abort);

    /// <summary>Messages do not get through to the agent.</summary>
    public static LinkEnd NotReading { get; } = new("does not read", LinkFarewell.Abort);

    /// <summary>The controller ends the link and says why.</summary>
    public static LinkEnd OnPurpose(string offlineReason, Goodbye goodbye) => new(offlineReason, LinkFarewell.Orderly, goodbye);

    /// <summary>The agent broke the protocol.</summary>
    public static LinkEnd Fault(StatusCode code, string detail) =>
        new("violated the protocol", LinkFarewell.Orderly, Status: new Status(code, detail));
}
