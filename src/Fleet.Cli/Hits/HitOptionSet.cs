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
        Arity = ArgumentArity.ZeroOrOne, Description = "Target hosts. Default: all. See docs/targets.md.",
    };

    private readonly Option<string[]> _scans = new("--scan") { Description = "Only hits of this scan; may be repeated.", HelpName = "NAME" };
    private readonly Option<string?> _since = new("--since", "-S") { Description = "Start of the time range: 5m, 1h30m, 2d (ago), 08:00, yesterday, \"2026-11-20 08:00\".", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until", "-U") { Description = "End of the time range; same forms as --since.", HelpName = "TIME" };
    private readonly Option<string?> _severity = new("--severity") { Description = "Minimum severity: info, warning, error, critical.", HelpName = "NAME" };
    private readonly Option<string[]> _patterns = new("--pattern") { Description = "Only hits of the pattern with this name; may be repeated.", HelpName = "NAME" };
    private readonly Option<string?> _text = new("--text") { Description = "Only lines that contain this text (case is ignored).", HelpName = "WORDS" };
    private readonly Option<uint?> _limit = new("--limit") { Description = "At most N, the newest. Default 200.", HelpName = "N", CustomParser = OptionValues.Whole(1u, MostHits) };
    private readonly Option<bool> _cluster = new("--cluster") { Description = "Group similar lines and count them." };
    private readonly Option<bool> _follow = new("--follow", "-F") { Description = "Print new hits as they arrive, until Ctrl-C." };
    private readonly Option<string?> _after = new("--after") { Description = "With --follow: resume after this position, which is printed when following ends.", HelpName = "POSITION" };
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
            throw CommandFailure.Usage($"--follow cannot be combined with {(cluster ? "--cluster" : "--until")}", "omit one of them");
        if (parsed.GetValue(_after) is not null && !follow)
            throw CommandFailure.Usage("--after requires --follow");
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
            : throw CommandFailure.Usage("--since is later than --until");
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
