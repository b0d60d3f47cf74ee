using System.Security.Cryptography;
using Fleet.Protocol;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Spec;

/// <summary>What a task is to run, as the operator gave it: checked here, before anything is sent.</summary>
internal static class SpecBuilder
{
    /// <summary>A step for each `-c` line.</summary>
    public static Step FromLine(string line, string? shell)
    {
        if (string.IsNullOrWhiteSpace(line))
            throw CommandFailure.Usage("a command is empty", "give a command line after -c");
        return shell is null && ShellLineSplitter.TrySplit(line) is { } words
            ? FromWords(words)
            : new Step { Shell = new ShellLine { Line = line, Shell = shell ?? "" } };
    }

    /// <summary>A step for the words after `--`.</summary>
    public static Step FromWords(IReadOnlyList<string> words)
    {
        if (words.Count > Limits.Words)
            throw CommandFailure.Usage($"the command has {words.Count} words", $"at most {Limits.Words} can be sent; send a script or use --stdin");
        return new Step { Argv = new Argv { Words = { words } } };
    }

    /// <summary>A step that runs a local file on the hosts.</summary>
    public static Step FromScript(string path, IReadOnlyList<string> arguments)
    {
        var content = ReadFile(path, Limits.ScriptBytes, "script");
        if (content.Length == 0)
            throw CommandFailure.Usage($"the script {path} is empty");
        var firstLine = content.AsSpan(0, content.AsSpan().IndexOf((byte)'\n') is >= 0 and var end ? end : content.Length);
        if (firstLine.StartsWith("#!"u8) && firstLine.EndsWith("\r"u8))
            throw CommandFailure.Usage($"the first line of {path} ends with CR LF, so hosts would look for an interpreter whose name ends with CR", $"convert it to Unix line endings: sed -i 's/\\r$//' {path}");
        return new Step { Script = new Script { Name = Path.GetFileName(path), Content = ByteString.CopyFrom(content), Arguments = { arguments } } };
    }

    /// <summary>The whole task.</summary>
    public static TaskSpec Build(IReadOnlyList<Step> steps, RunOptions run)
    {
        if (steps.Count == 0)
            throw CommandFailure.Usage("there is nothing to run", "give a command after --, or lines with -c");
        if (steps.Count > Limits.Steps)
            throw CommandFailure.Usage($"{steps.Count} commands are too many for one job", $"at most {Limits.Steps}");
        var spec = new TaskSpec
        {
            Steps = { steps },
            RunAs = run.User ?? "",
            WorkingDirectory = run.Directory ?? "",
            CleanEnvironment = run.CleanEnvironment,
            RunTimeoutMs = (long)run.Timeout.TotalMilliseconds,
            KillGraceMs = (long)run.Grace.TotalMilliseconds,
            StopOnFailure = run.StopOnFailure,
            Limits = run.ResourceLimits,
            Output = new OutputLimits { HeadBytes = (ulong)run.HeadBytes, TailBytes = (ulong)run.TailBytes },
        };
        if (run.Umask is { } umask)
            spec.Umask = umask;
        if (run.Stdin is { } stdin)
            spec.Stdin = ByteString.CopyFrom(stdin);
        foreach (var (name, value) in run.Environment)
            spec.Environment[name] = value;
        return spec;
    }

    /// <summary>The bytes that travel to the agents, and their digest.</summary>
    public static (ByteString Bytes, ByteString Digest) Seal(TaskSpec spec)
    {
        var bytes = spec.ToByteArray();
        if (bytes.Length > Limits.SpecBytes)
            throw CommandFailure.Usage($"the job's specification is {bytes.Length} bytes", $"at most {Limits.SpecBytes} can be sent");
        return (UnsafeByteOperations.UnsafeWrap(bytes), UnsafeByteOperations.UnsafeWrap(SHA256.HashData(bytes)));
    }

    /// <summary>What lists and logs call the job.</summary>
    public static string Summary(IEnumerable<Step> steps)
    {
        var text = OneLineText.Clean(string.Join("; ", steps.Select(StepTitle.Of)).ReplaceLineEndings(" "));
        return text.Length <= Limits.SummaryCharacters ? text : text[..(Limits.SummaryCharacters - 3)] + "...";
    }

    /// <summary>Reads a local file that is sent along.</summary>
    public static byte[] ReadFile(string path, int limit, string what)
    {
        if (Directory.Exists(path))
            throw CommandFailure.Usage($"the {what} \"{path}\" is a directory", "name a file");
        if (!File.Exists(path))
            throw CommandFailure.Usage($"there is no file \"{path}\"", what == "script" ? "write: fleet script FILE TARGET" : null);
        try
        {
            var length = new FileInfo(path).Length;
            if (length > limit)
                throw CommandFailure.Usage($"the {what} {path} has {length} bytes", $"at most {limit} can be sent");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CommandFailure.Usage($"the {what} \"{path}\" cannot be read: {e.Message}");
        }
    }
}
