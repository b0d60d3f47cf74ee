using Fleet.Controller.Registry;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Jobs;

/// <summary>Shows whom a target would reach.</summary>
internal sealed class TargetPreviews(TargetResolver resolver)
{
    /// <summary>Resolves a target for the operator's eyes.</summary>
    public TargetPreview Preview(TargetSelection? selection)
    {
        var resolved = resolver.Preview(selection ?? new TargetSelection()).OrRefuse();
        var preview = new TargetPreview { Digest = resolved.Digest };
        preview.Names.AddRange(resolved.Agents.Select(static agent => agent.Name));
        preview.Offline.AddRange(resolved.Agents.Where(static agent => agent.Link is null).Select(static agent => agent.Name));
        preview.Unknown.AddRange(resolved.Unknown);
        return preview;
    }
}
