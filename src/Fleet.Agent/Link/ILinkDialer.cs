using Grpc.Net.Client;

namespace Fleet.Agent.Link;

/// <summary>Makes the route to the controller, anew for each link.</summary>
internal interface ILinkDialer
{
    /// <summary>Prepares a connection; nothing is sent yet.</summary>
    /// <exception cref="IOException">The identity cannot be read.</exception>
    LinkConnection Dial();

    /// <summary>The controller welcomed this agent on the last connection.</summary>
    void NoteAccepted();

    /// <summary>The controller did not accept this agent's certificate on the last connection.</summary>
    void NoteRefused();
}

/// <summary>A route to the controller.</summary>
/// <param name="Channel">For the one call that the link is.</param>
/// <param name="ServerRefusal">Why we did not trust the server; null where we did.</param>
/// <param name="Owned">Disposed with the connection.</param>
internal sealed record LinkConnection(GrpcChannel Channel, Func<string?> ServerRefusal, params IReadOnlyList<IDisposable> Owned) : IDisposable
{
    public void Dispose()
    {
        Channel.Dispose();
        foreach (var owned in Owned)
            owned.Dispose();
    }
}
