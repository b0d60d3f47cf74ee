using System.CommandLine;
using System.Globalization;
using Fleet.LogSearch.Matching;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>Which logs of a host are meant.</summary>
internal sealed class LogSourceOptionSet
{
    // As journalctl(1) has them, the worst first.
    private static readonly string[] s_priorities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    private readonly Option<string[]> _files = new("--file", "-f") { Description = "Absolute path or glob on the hosts; may be repeated.", HelpName = "PATH" };
    private readonly Option<bool> _rotated = new("--rotated") { Description = "Include rotated files (.1, .2.gz, -20261120 ...), in order of time." };
    private readonly Option<bool> _journal = new("--journal", "-j") { Description = "The systemd journal (the default without --file)." };
    private readonly Option<string?> _journalPath = new("--journal-path") { Description = "Path of another journal on the hosts, a directory or a file.", HelpName = "PATH" };
    private readonly Option<string[]> _units = new("--unit") { Description = "Journal entries of this unit; may be repeated.", HelpName = "UNIT" };
    private readonly Option<string?> _priority = new("--priority") { Description = "Journal entries at this priority or higher (emerg, alert, crit, err, warning, notice, info, debug).", HelpName = "NAME" };
    private readonly Option<string[]> _fields = new("--field") { Description = "Journal entries with this field (_PID=1, SYSLOG_IDENTIFIER=sshd); may be repeated.", HelpName = "FIELD=VALUE" };
    private readonly Option<bool> _kernel = new("--kernel", "-k") { Description = "The kernel's ring buffer." };

    /// <param name="command">Gets the options.</param>
    /// <param name="canChooseRotated">Whether rotated files are read where that is asked for.</param>
    public LogSourceOptionSet(Command command, bool canChooseRotated = true)
    {
        _priority.AcceptOnlyFromAmong([.. s_priorities, .. Enumerable.Range(0, s_priorities.Length).Select(number => number.ToString(CultureInfo.InvariantCulture))]);
        if (canChooseRotated)
            command.Options.Add(_rotated);
        foreach (var option in (Option[])[_files, _journal, _journalPath, _units, _priority, _fields, _kernel])
            command.Options.Add(option);
    }

    /// <summary>The sources asked for; the journal where none was.</summary>
    public IReadOnlyList<LogSource> Read(ParseResult parsed)
    {
        var sources = new List<LogSource>();
        var rotated = parsed.GetValue(_rotated);
        foreach (var path in parsed.GetValue(_files) ?? [])
        {
            if (!path.StartsWith('/'))
                throw CommandFailure.Usage($"--file \"{path}\" is not an absolute path", "write an absolute path, beginning with /");
            sources.Add(new LogSource { Files = new FileLogSource { Path = path, Rotated = rotated } });
        }

        if (rotated && sources.Count == 0)
            throw CommandFailure.Usage("--rotated requires --file");
        if (parsed.GetValue(_kernel))
            sources.Add(new LogSource { Kernel = new KernelLogSource() });
        var fields = JournalFields(parsed);
        var path0 = parsed.GetValue(_journalPath);
        if (path0 is not null && !path0.StartsWith('/'))
            throw CommandFailure.Usage($"--journal-path \"{path0}\" is not an absolute path");
        if (sources.Count == 0 || parsed.GetValue(_journal) || fields.Count > 0 || path0 is not null)
            sources.Add(new LogSource { Journal = new JournalLogSource { Path = path0 ?? "", Fields = { fields } } });
        return sources;
    }

    private List<string> JournalFields(ParseResult parsed)
    {
        var fields = (parsed.GetValue(_units) ?? []).Select(unit => "unit=" + unit).ToList();
        if (parsed.GetValue(_priority) is { } priority)
            fields.Add("priority<=" + priority);
        fields.AddRange(parsed.GetValue(_fields) ?? []);
        foreach (var field in fields)
            FieldFilter.Parse(field);
        return fields;
    }
}
