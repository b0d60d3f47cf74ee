using System.CommandLine;
using Fleet.Cli.Spec;
using Fleet.Protocol;

namespace Fleet.Cli.Options;

/// <summary>How the command is run on each host.</summary>
internal sealed class RunOptionSet
{
    private readonly Option<TimeSpan?> _timeout = new("--timeout")
    {
        Description = "Timeout on each host; then the whole process tree is ended. Default 5m.",
        HelpName = "DURATION",
        CustomParser = result => OptionValues.Duration(result),
    };

    private readonly Option<TimeSpan?> _grace = new("--grace")
    {
        Description = "Time between TERM and KILL. Default 10s.",
        HelpName = "DURATION",
        CustomParser = result => OptionValues.Duration(result),
    };

    private readonly Option<string?> _user = new("--user", "-u") { Description = "Run as this user (name or id).", HelpName = "USER" };
    private readonly Option<string?> _directory = new("--cwd") { Description = "Working directory on the host.", HelpName = "PATH" };

    private readonly Option<uint?> _umask = new("--umask")
    {
        Description = "File mode creation mask, octal.",
        HelpName = "MASK",
        CustomParser = result => OptionValues.Umask(result),
    };

    private readonly Option<KeyValuePair<string, string>[]> _environment = new("--env", "-e")
    {
        Description = "Set an environment variable; may be repeated.",
        HelpName = "NAME=VALUE",
        CustomParser = OptionValues.Assignments,
    };

    private readonly Option<bool> _cleanEnvironment = new("--clean-env") { Description = "Start from an empty environment." };
    private readonly Option<string?> _stdin = new("--stdin") { Description = "File for standard input on every host; - for the standard input of this command.", HelpName = "FILE" };

    private readonly Option<long?> _head = new("--head-bytes")
    {
        Description = "Bytes kept from the beginning of each stream. Default 256KiB.",
        HelpName = "SIZE",
        CustomParser = result => OptionValues.Size(result),
    };

    private readonly Option<long?> _tail = new("--tail-bytes")
    {
        Description = "Bytes kept from the end of each stream. Default 256KiB.",
        HelpName = "SIZE",
        CustomParser = result => OptionValues.Size(result),
    };

    private readonly Option<bool> _stop = new("--stop-on-failure") { Description = "Skip later commands after one that fails." };

    private readonly LimitOptionSet _limits;

    public RunOptionSet(Command command)
    {
        foreach (var option in (Option[])[_timeout, _grace, _user, _directory, _umask, _environment, _cleanEnvironment, _stdin, _head, _tail, _stop])
            command.Options.Add(option);
        _limits = new LimitOptionSet(command);
    }

    /// <summary>Whether sizes of output are named: whoever names them gets them.</summary>
    public bool NamesSizes(ParseResult parsed) => parsed.GetValue(_head) is not null || parsed.GetValue(_tail) is not null;

    public async Task<RunOptions> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var defaults = new RunOptions();
        var timeout = parsed.GetValue(_timeout) ?? defaults.Timeout;
        var grace = parsed.GetValue(_grace) ?? defaults.Grace;
        var head = parsed.GetValue(_head) ?? defaults.HeadBytes;
        var tail = parsed.GetValue(_tail) ?? defaults.TailBytes;
        if (timeout < TimeSpan.FromMilliseconds(1) || timeout > Limits.RunTimeout)
            throw CommandFailure.Usage("--timeout is out of range", "give 1ms to 7d");
        if (grace > Limits.KillGrace)
            throw CommandFailure.Usage("--grace is out of range", "give at most 10m");
        var directory = parsed.GetValue(_directory);
        if (directory is not null && !directory.StartsWith('/'))
            throw CommandFailure.Usage($"--cwd \"{directory}\" is not an absolute path");
        foreach (var (option, size) in new[] { ("--head-bytes", head), ("--tail-bytes", tail) })
        {
            if (size is < 0 or > Limits.KeptOutputBytes)
                throw CommandFailure.Usage($"{option} is out of range", "give at most 16MiB");
        }

        return new RunOptions
        {
            Timeout = timeout,
            Grace = grace,
            User = parsed.GetValue(_user),
            Directory = directory,
            Umask = parsed.GetValue(_umask),
            Environment = ReadEnvironment(parsed.GetValue(_environment) ?? []),
            CleanEnvironment = parsed.GetValue(_cleanEnvironment),
            Stdin = await ReadStdinAsync(parsed.GetValue(_stdin), cancellationToken),
            HeadBytes = head,
            TailBytes = tail,
            StopOnFailure = parsed.GetValue(_stop),
            ResourceLimits = _limits.Read(parsed),
        };
    }

    private static Dictionary<string, string> ReadEnvironment(KeyValuePair<string, string>[] pairs)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
            environment[name] = value;
        if (environment.Count > Limits.EnvironmentVariables)
            throw CommandFailure.Usage($"{environment.Count} variables were given", $"at most {Limits.EnvironmentVariables}");
        return environment;
    }

    private static async Task<byte[]?> ReadStdinAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
            return null;
        if (path != "-")
            return SpecBuilder.ReadFile(path, Limits.StdinBytes, "input");
        using var read = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await input.ReadAsync(buffer, cancellationToken)) > 0)
        {
            read.Write(buffer, 0, count);
            if (read.Length > Limits.StdinBytes)
                throw CommandFailure.Usage("the standard input is too long", $"at most {Limits.StdinBytes} bytes can be sent; send a file another way");
        }

        return read.ToArray();
    }
}
