using System.Security.Cryptography;
using Fleet.Agent.Identity;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Link;

/// <summary>Dials over TLS with the identity on disk, read anew each time: it may have been renewed.</summary>
internal sealed class TlsDialer(IdentityStore store, ControllerAddress controller, ProxyAddress? proxy) : ILinkDialer
{
    /// <inheritdoc/>
    public LinkConnection Dial()
    {
        try
        {
            var root = store.LoadRoot();
            var identity = store.Load();
            var trust = new PinnedTrust(root);
            var handler = LinkHandler.Pinned(trust, identity, proxy);
            return new LinkConnection(LinkChannel.Open(controller.ToUri(), handler), () => trust.LastRefusal, identity, root);
        }
        catch (CryptographicException e)
        {
            throw new IOException($"the identity cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void NoteAccepted() => store.NoteAccepted();

    /// <inheritdoc/>
    public void NoteRefused() => store.NoteRefused();
}
