using Fleet.Controller.Identity;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Jobs;

/// <summary>Jobs as a caller may see them: viewers do not see what of a spec may be secret.</summary>
/// <remarks>
/// Left out are the values of environment variables, standard input and the content of scripts. Names, commands and their arguments stay: they
/// are in the summary anyway. The digest stays that of the whole spec.
/// </remarks>
internal static class ShownJob
{
    /// <summary>The payload as the caller may see it.</summary>
    public static JobPayload? For(CallerIdentity.Operator caller, JobPayload? payload, out bool isRedacted)
    {
        isRedacted = payload is not null && caller.Role < OperatorRole.Operator;
        return isRedacted ? payload! with { SpecBytes = Redact(payload.SpecBytes) } : payload;
    }

    private static byte[] Redact(byte[] bytes)
    {
        var spec = TaskSpec.Parser.ParseFrom(bytes);
        foreach (var name in spec.Environment.Keys.ToList())
            spec.Environment[name] = "";
        if (spec.HasStdin)
            spec.Stdin = ByteString.Empty;
        foreach (var step in spec.Steps.Where(step => step.Script is not null))
            step.Script.Content = ByteString.Empty;
        return spec.ToByteArray();
    }
}
