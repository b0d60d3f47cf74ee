using System.CommandLine;
using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.V1;
using Option = System.CommandLine.Option;

namespace Fleet.Cli.Options;

/// <summary>How a job is shown.</summary>
internal sealed class ShowOptionSet
{
    private readonly Option<bool> _group = new("--group", "-g") { Description = "Group hosts with the same result (default)." };
    private readonly Option<bool> _noGroup = new("--no-group") { Description = "Print one block per host as each finishes." };
    private readonly Option<bool> _similar = new("--similar") { Description = "Also group results that differ only by host name and numbers." };
    private readonly Option<bool> _diff = new("--diff") { Description = "Show smaller groups as a diff from the largest." };
    private readonly Option<bool> _stream = new("--stream") { Description = "Print lines as they arrive, prefixed with the host." };
    private readonly Option<bool> _errorsOnly = new("--errors-only") { Description = "Show only hosts that did not succeed." };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line (docs/json.md)." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print nothing; use the exit code." };

    public ShowOptionSet(Command command)
    {
        foreach (var option in (Option[])[_group, _noGroup, _similar, _diff, _stream, _errorsOnly, _json, _quiet])
            command.Options.Add(option);
    }

    /// <summary>Whether programs read the result: then nothing else is printed beside it.</summary>
    public bool IsForPrograms(ParseResult parsed) => parsed.GetValue(_json) || parsed.GetValue(_quiet);

    /// <summary>Whether output is shown as it comes.</summary>
    public bool IsStream(ParseResult parsed) => parsed.GetValue(_stream);

    /// <summary>For a job that is there already: a log search is shown as `fleet grep` shows it, whoever looks and whenever.</summary>
    public IResultRenderer Create(ParseResult parsed, Screen screen, Job job)
    {
        var renderer = Create(parsed, screen);
        if (parsed.GetValue(_quiet) || TaskSpec.Parser.ParseFrom(job.Spec).Steps is not [{ SearchLogs: { } search }])
            return renderer;
        var foreign = new Option<bool>[] { _noGroup, _similar, _diff, _stream, _errorsOnly }.Where(option => parsed.GetValue(option)).Select(option => option.Name).ToList();
        if (foreign.Count > 0 && !parsed.GetValue(_json))
            screen.Note($"job {job.Id} is a log search and is shown as fleet grep shows it, without {string.Join(", ", foreign)}");
        return SearchRenderer.Create(screen, search, parsed.GetValue(_json), top: 0);
    }

    /// <exception cref="CommandFailure">Two ways are asked for.</exception>
    public IResultRenderer Create(ParseResult parsed, Screen screen)
    {
        var ways = new[] { (_group, "--group"), (_noGroup, "--no-group"), (_quiet, "--quiet") }.Where(w => parsed.GetValue(w.Item1)).Select(w => w.Item2).ToList();
        if (parsed.GetValue(_stream) || parsed.GetValue(_json))
            ways.Add(parsed.GetValue(_json) ? "--json" : "--stream");
        if (ways.Count > 1)
            throw CommandFailure.Usage($"{string.Join(" and ", ways)} cannot go together", "choose one way of showing results");
        var errorsOnly = parsed.GetValue(_errorsOnly);
        if (parsed.GetValue(_json))
            return parsed.GetValue(_stream) ? new JsonEventRenderer(screen.Writer) : new JsonResultRenderer(screen.Writer, errorsOnly);
        if (parsed.GetValue(_quiet))
            return new QuietRenderer();
        if (parsed.GetValue(_stream))
            return new StreamRenderer(screen, errorsOnly);
        if (parsed.GetValue(_noGroup))
            return new HostBlockRenderer(screen, errorsOnly);
        return new FoldedRenderer(screen, new FoldOptions(errorsOnly, parsed.GetValue(_similar), parsed.GetValue(_diff)));
    }
}
