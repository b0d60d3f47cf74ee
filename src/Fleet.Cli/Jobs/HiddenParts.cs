using Fleet.Protocol.V1;

namespace Fleet.Cli.Jobs;

/// <summary>Says what of a job its viewer may not see.</summary>
internal static class HiddenParts
{
    private const string Hidden = "(hidden from viewers)";

    /// <summary>What there is and is not shown, such as <c>TOKEN=(hidden from viewers)</c>; empty where nothing is hidden.</summary>
    public static string Of(Job job)
    {
        if (!job.SpecRedacted)
            return "";
        var spec = TaskSpec.Parser.ParseFrom(job.Spec);
        var parts = spec.Environment.Keys.Order(StringComparer.Ordinal).Select(name => $"{name}={Hidden}").ToList();
        if (spec.HasStdin)
            parts.Add($"standard input {Hidden}");
        parts.AddRange(spec.Steps.Where(step => step.Script is not null).Select(step => $"script {step.Script.Name} {Hidden}"));
        return string.Join(", ", parts);
    }
}
