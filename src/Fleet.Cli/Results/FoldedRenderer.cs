using System.Text;
using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Protocol.Folding;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>
/// Hosts with the same result stand together under a node set: the largest group of successes first, then failures by
/// kind. Memory grows with distinct results, not with hosts.
/// </summary>
internal sealed class FoldedRenderer : IResultRenderer
{
    private const int DiffContext = 2;
    private readonly Screen _screen;
    private readonly FoldOptions _options;
    private readonly OutputFold<ResultKind> _fold;

    public FoldedRenderer(Screen screen, FoldOptions options)
    {
        _screen = screen;
        _options = options;
        _fold = new OutputFold<ResultKind>(options.Similar ? Likeness.Similar : Likeness.Exact);
    }

    public void Show(JobView job, JobEvent happened, TaskView? task)
    {
        if (happened.EventCase != JobEvent.EventOneofCase.Ended || task?.Ended is not { } ended)
            return;
        if (!_options.ErrorsOnly || ended.State != TaskState.Succeeded)
            _fold.TryAdd(task.Host, ResultKind.Of(ended), Encoding.UTF8.GetBytes(ResultText.Of(task, job, _options.ErrorsOnly)));
        task.ForgetOutput();
    }

    public void Finish(JobView job, TimeSpan elapsed)
    {
        // Snapshot has the largest group first already; a stable sort by kind keeps that order within each.
        var groups = _fold.Snapshot().OrderBy(g => g.Key.Order).ThenBy(g => g.Key.Sentence, StringComparer.Ordinal).ToList();
        OutputGroup<ResultKind>? largest = null;
        foreach (var group in groups)
        {
            Head(group);
            if (_options.Diff && largest is not null && group.Key.State == TaskState.Succeeded)
                Difference(group, largest);
            else
                _screen.Writer.Write(group.Text);
            if (group.Key.State == TaskState.Succeeded)
                largest ??= group;
        }

        SummaryLine.Write(_screen, job, elapsed);
    }

    private void Head(OutputGroup<ResultKind> group)
    {
        var variants = group.Variants > 1 ? $", {group.Variants} variants; shown: {group.Representative}" : "";
        Heading.Write(_screen, group.Hosts.ToString(), group.Hosts.Count, group.Key, variants);
    }

    private void Difference(OutputGroup<ResultKind> group, OutputGroup<ResultKind> largest)
    {
        foreach (var line in group.DiffAgainst(largest).WithContext(DiffContext))
        {
            _screen.Writer.WriteLine(HostLines.BelowResult(line.Kind switch
            {
                DiffKind.Added => "+" + line.Text,
                DiffKind.Removed => "-" + line.Text,
                DiffKind.Skipped => $" ... {line.Count} equal lines ...",
                _ => " " + line.Text,
            }));
        }
    }
}
