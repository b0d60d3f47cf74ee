using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Cli.Output;
using Fleet.Cli.Scans.Files;
using Fleet.LogSearch.Times;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Hits;

/// <summary>Which hits are meant, and how they are shown.</summary>
internal sealed class HitOptionSet
{
    private const uint DefaultLimit = 200;
    private const uint MostHits = 100_000;

    private readonly Argument<string?> _target = new("target")
    {
        Arity = ArgumentArity.ZeroOrOne, Description = "Of which hosts; all where none is named. See docs/targets.md.",
    };

    private readonly Option<string[]> _scans = new("--scan") { Description = "Only of this scan; may be repeated.", HelpName = "NAME" };
    private readonly Option<string?> _since = new("--since", "-S") { Description = "From then on: 5m, 1h30m, 2d (ago), 08:00, yesterday, \"2026-11-20 08:00\".", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until", "-U") { Description = "Up to then; as --since.", HelpName = "TIME" };
    private readonly Option<string?> _severity = new("--severity") { Description = "Only so severe and worse: info, warning, error, critical.", HelpName = "NAME" };
    private readonly Option<string[]> _patterns = new("--pattern") { Description = "Only of the pattern with this name; may be repeated.", HelpName = "NAME" };
    private readonly Option<string?> _text = new("--text") { Description = "Only lines with this in them, in upper or lower case.", HelpName = "WORDS" };
    private readonly Option<uint?> _limit = new("--limit") { Description = "The newest N. Default 200.", HelpName = "N", CustomParser = OptionValues.Whole(1u, MostHits) };
    private readonly Option<bool> _cluster = new("--cluster") { Description = "Similar lines folded, with their true numbers." };
    private readonly Option<bool> _follow = new("--follow", "-F") { Description = "Go on with hits as they come, until Ctrl-C." };
    private readonly Option<string?> _after = new("--after") { Description = "With --follow: go on behind this place, which following names when it ends.", HelpName = "PLACE" };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line." };
    private readonly TimeProvider _time;

    public HitOptionSet(Command command, TimeProvider time)
    {
        _time = time;
        command.Arguments.Add(_target);
        _severity.AcceptOnlyFromAmong([.. PatternReader.Severities.Select(severity => severity.Key)]);
        foreach (var option in (Option[])[_scans, _since, _until, _severity, _patterns, _text, _limit, _cluster, _follow, _after, _json])
            command.Options.Add(option);
    }

    /// <summary>The hits asked for.</summary>
    public SearchHitsRequest Read(ParseResult parsed)
    {
        var target = parsed.GetValue(_target);
        if (target is not null)
            Protocol.Targets.Target.Parse(target);
        var limit = parsed.GetValue(_limit) ?? DefaultLimit;
        var (follow, cluster) = (parsed.GetValue(_follow), parsed.GetValue(_cluster));
        if (follow && (cluster || parsed.GetValue(_until) is not null))
            throw CommandFailure.Usage($"--follow has no end, so it cannot go with {(cluster ? "--cluster" : "--until")}", "leave one of them out");
        if (parsed.GetValue(_after) is not null && !follow)
            throw CommandFailure.Usage("--after goes with --follow");
        var request = new SearchHitsRequest
        {
            Scans = { parsed.GetValue(_scans) ?? [] },
            Target = target is null ? null : new TargetSelection { Expression = target },
            SinceMs = Bound(parsed.GetValue(_since)),
            UntilMs = Bound(parsed.GetValue(_until)),
            Severity = PatternReader.Severities.FirstOrDefault(severity => severity.Key == parsed.GetValue(_severity)).Value,
            Patterns = { parsed.GetValue(_patterns) ?? [] },
            Text = parsed.GetValue(_text) ?? "",
            Limit = limit,
            Follow = follow,
            Clusters = cluster,
            AfterCursor = parsed.GetValue(_after) ?? "",
        };
        return request.UntilMs == 0 || request.SinceMs <= request.UntilMs ? request
            : throw CommandFailure.Usage("--since is later than --until, so nothing can lie between them");
    }

    /// <summary>How they are shown.</summary>
    public async Task<IHitReport> CreateAsync(
        ParseResult parsed, Screen screen, Func<CancellationToken, Task<HitHighlighter>> highlighter, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_json))
            return new HitJsonReport(screen);
        if (parsed.GetValue(_cluster))
            return new HitClusterReport(screen);
        var highlight = await highlighter(cancellationToken);
        return parsed.GetValue(_follow) ? new HitStreamReport(screen, highlight) : new HitBlockReport(screen, highlight);
    }

    // Times of hits are the hosts'; bounds are this host's clock: for what a controller has stored that is all there is.
    private long Bound(string? text) => text is null ? 0 : TimeWindow.ParseBound(text, _time).ToUnixTimeMilliseconds();
}
