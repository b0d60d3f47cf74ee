using System.Security.Cryptography;
using Fleet.Protocol;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Fleet.Controller.Jobs;

/// <summary>Checks what a job is to run. The spec is read, never rewritten: agents get the bytes that the operator sent.</summary>
internal static class SpecCheck
{
    private const int LongestName = 256;
    private const int HighestMode = 0x1FF; // 0777

    /// <summary>The spec; null with the fault named where it is not good.</summary>
    public static TaskSpec? Read(ByteString bytes, ByteString digest, out string fault)
    {
        fault = bytes.Length switch
        {
            0 => "spec is required",
            > Limits.SpecBytes => $"spec has {bytes.Length} bytes, at most {Limits.SpecBytes} are allowed",
            _ => "",
        };
        if (fault.Length > 0)
            return null;
        if (!SHA256.HashData(bytes.Span).AsSpan().SequenceEqual(digest.Span))
        {
            fault = "spec_sha256 is not the SHA-256 of spec";
            return null;
        }

        try
        {
            var spec = TaskSpec.Parser.ParseFrom(bytes);
            fault = Fault(spec);
            return fault.Length == 0 ? spec : null;
        }
        catch (InvalidProtocolBufferException e)
        {
            fault = $"spec is not a TaskSpec: {e.Message}";
            return null;
        }
    }

    private static string Fault(TaskSpec spec)
    {
        if (spec.Steps.Count is 0 or > Limits.Steps)
            return $"spec.steps has {spec.Steps.Count} steps, 1 to {Limits.Steps} are allowed";
        for (var i = 0; i < spec.Steps.Count; i++)
        {
            if (Fault(spec.Steps[i]) is { Length: > 0 } fault)
                return $"spec.steps[{i}].{fault}";
        }

        if (spec.Steps.Count > 1 && spec.Steps.Any(static step => step.UpgradeAgent is not null))
            return "spec.steps: upgrade_agent stands alone in its task";
        if (OneLineText.FindFault(spec.RunAs, LongestName) is { } user)
            return $"spec.run_as, a user name or id, {user}";
        if (spec.HasUmask && spec.Umask > HighestMode)
            return "spec.umask must lie between 0 and 0777";
        if (spec.WorkingDirectory.Length > 0 && spec.WorkingDirectory[0] != '/')
            return "spec.working_directory must be an absolute path";
        if (OneLineText.FindFault(spec.WorkingDirectory, Limits.PathCharacters) is { } directory)
            return $"spec.working_directory {directory}";
        if (spec.HasStdin && spec.Stdin.Length > Limits.StdinBytes)
            return $"spec.stdin has {spec.Stdin.Length} bytes, at most {Limits.StdinBytes} are allowed";
        if (spec.RunTimeoutMs < 1 || spec.RunTimeoutMs > Limits.RunTimeout.TotalMilliseconds)
            return $"spec.run_timeout_ms must lie between 1 and {Limits.RunTimeout.TotalMilliseconds:F0} (7 days)";
        if (spec.KillGraceMs < 0 || spec.KillGraceMs > Limits.KillGrace.TotalMilliseconds)
            return $"spec.kill_grace_ms must lie between 0 and {Limits.KillGrace.TotalMilliseconds:F0} (10 minutes)";
        if (spec.Output is { } output && (output.HeadBytes > Limits.KeptOutputBytes || output.TailBytes > Limits.KeptOutputBytes))
            return $"spec.output.head_bytes and tail_bytes are at most {Limits.KeptOutputBytes} each";
        return EnvironmentFault(spec);
    }

    private static string EnvironmentFault(TaskSpec spec)
    {
        if (spec.Environment.Count > Limits.EnvironmentVariables)
            return $"spec.environment has {spec.Environment.Count} variables, at most {Limits.EnvironmentVariables} are allowed";
        foreach (var (key, value) in spec.Environment)
        {
            if (key.Length == 0 || key.Contains('=', StringComparison.Ordinal) || HasNul(key) || HasNul(value))
                return "spec.environment has a name that is empty or holds '=', or a NUL character";
        }

        return "";
    }

    private static string Fault(Step step) => step.ActionCase switch
    {
        Step.ActionOneofCase.Argv => Fault(step.Argv),
        Step.ActionOneofCase.Shell => Fault(step.Shell),
        Step.ActionOneofCase.Script => Fault(step.Script),
        Step.ActionOneofCase.Builtin => step.Builtin.Name.Length is 0 or > 64 ? "builtin.name must have 1 to 64 characters" : "",
        Step.ActionOneofCase.SearchLogs => SearchCheck.FindFault(step.SearchLogs),
        Step.ActionOneofCase.UpgradeAgent => Fault(step.UpgradeAgent),
        _ => "action is required: argv, shell, script, builtin, search_logs or upgrade_agent",
    };

    private static string Fault(Argv argv)
    {
        if (argv.Words.Count is 0 or > Limits.Words)
            return $"argv.words has {argv.Words.Count} words, 1 to {Limits.Words} are allowed";
        if (argv.Words[0].Length == 0)
            return "argv.words[0], the program, is empty";
        return argv.Words.Any(HasNul) ? "argv.words holds a NUL character, which no program can be given" : "";
    }

    private static string Fault(ShellLine shell)
    {
        if (string.IsNullOrWhiteSpace(shell.Line) || HasNul(shell.Line))
            return "shell.line must not be empty nor hold a NUL character";
        return shell.Shell.Length > 0 && (shell.Shell[0] != '/' || HasNul(shell.Shell)) ? "shell.shell must be an absolute path" : "";
    }

    private static string Fault(Script script)
    {
        if (script.Content.Length is 0 or > Limits.ScriptBytes)
            return $"script.content has {script.Content.Length} bytes, 1 to {Limits.ScriptBytes} are allowed";
        if (script.Name is "." or ".." || script.Name.Contains('/', StringComparison.Ordinal))
            return "script.name must be a plain file name";
        if (OneLineText.FindFault(script.Name, LongestName) is { } name)
            return $"script.name {name}";
        return script.Arguments.Count > Limits.Words || script.Arguments.Any(HasNul)
            ? $"script.arguments has more than {Limits.Words} words, or a NUL character"
            : "";
    }

    private static string Fault(UpgradeAgent upgrade) =>
        !ArtifactNames.IsVersion(upgrade.Version) ? "upgrade_agent.version must be a version: letters, digits and . + ~ - _, a digit first"
        : upgrade.Sha256.Length != SHA256.HashSizeInBytes ? "upgrade_agent.sha256 must have 32 bytes"
        : upgrade.SizeBytes is 0 or > Limits.ArtifactBytes ? $"upgrade_agent.size_bytes must lie between 1 and {Limits.ArtifactBytes}"
        : upgrade.HealthTimeoutMs < Limits.LeastHealthTimeout.TotalMilliseconds || upgrade.HealthTimeoutMs > Limits.MostHealthTimeout.TotalMilliseconds
            ? "upgrade_agent.health_timeout_ms must lie between 1 s and 10 min"
        : upgrade.DrainLimitMs < 0 || upgrade.DrainLimitMs > Limits.MostDrain.TotalMilliseconds ? "upgrade_agent.drain_limit_ms must lie between 0 and 1 h"
        : upgrade.Artifacts.Count == 0 ? ""
        : Fault(upgrade, upgrade.Artifacts);

    private static string Fault(UpgradeAgent upgrade, RepeatedField<UpgradeArtifact> artifacts)
    {
        for (var i = 0; i < artifacts.Count; i++)
        {
            var artifact = artifacts[i];
            if (!Architectures.OfAgents.Contains(artifact.Architecture))
                return $"upgrade_agent.artifacts[{i}].architecture must be {string.Join(" or ", Architectures.OfAgents)}";
            if (artifacts.Take(i).Any(other => other.Architecture == artifact.Architecture))
                return $"upgrade_agent.artifacts[{i}].architecture stands twice";
            if (artifact.Sha256.Length != SHA256.HashSizeInBytes)
                return $"upgrade_agent.artifacts[{i}].sha256 must have 32 bytes";
            if (artifact.SizeBytes is 0 or > Limits.ArtifactBytes)
                return $"upgrade_agent.artifacts[{i}].size_bytes must lie between 1 and {Limits.ArtifactBytes}";
        }

        // What agents of before go by must not be another one.
        return upgrade.Sha256 == artifacts[0].Sha256 && upgrade.SizeBytes == artifacts[0].SizeBytes
            ? ""
            : "upgrade_agent.artifacts[0] must have the sha256 and size_bytes of upgrade_agent itself";
    }

    private static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);
}
