using System.Globalization;
using System.Text;

namespace Fleet.Harness.Torture;

/// <summary>What became of the lines of one style.</summary>
/// <param name="Style">Which.</param>
/// <param name="Written">Lines that were written after the scan began.</param>
/// <param name="Doubled">Stored beyond once.</param>
/// <param name="Strange">Stored and never written so, or written before the scan began.</param>
/// <param name="InGaps">Missing, within a gap.</param>
/// <param name="Lost">Missing, outside any gap.</param>
/// <param name="Unseen">Of these, lines of files or fillings of which no line at all was read.</param>
/// <param name="Gaps">Gaps that say that lines are lost, without those of a cut.</param>
/// <param name="EmptyGaps">Of these, gaps without a lost line in them.</param>
/// <param name="CutGaps">Gaps of a log that was cut without a copy: whether something was written in the moment between the last look and the cut nobody can know.</param>
/// <param name="EmptyCutGaps">Of these, gaps without a lost line in them.</param>
/// <param name="MaybeGaps">Gaps that may be empty and raise no alert: of a copy and a cut, and of a log that was removed while the agent was away.</param>
/// <param name="EmptyMaybeGaps">Of these, gaps without a lost line in them.</param>
/// <param name="ExcessSeconds">Of each gap with a lost line: how much longer it is than from the first of them to the last.</param>
/// <param name="Examples">Some of what is wrong.</param>
public sealed record TortureRow(
    string Style, int Written, int Doubled, int Strange, int InGaps, int Lost, int Unseen, int Gaps, int EmptyGaps, int CutGaps, int EmptyCutGaps, int MaybeGaps, int EmptyMaybeGaps,
    IReadOnlyList<double> ExcessSeconds, IReadOnlyList<string> Examples);

/// <summary>What a course of torture came to.</summary>
/// <param name="Rows">By style.</param>
/// <param name="Skipped">Styles that could not be had here, with the reason.</param>
/// <param name="Chaos">What happened to agent and controller, and how often.</param>
public sealed record TortureTable(IReadOnlyList<TortureRow> Rows, IReadOnlyList<string> Skipped, IReadOnlyDictionary<string, int> Chaos)
{
    /// <summary>Of gaps that say that something is lost, the share in which it is so; 1 where there are none.</summary>
    public double TrueGapShare => Sum(row => row.Gaps) is var gaps and > 0 ? 1 - ((double)Sum(row => row.EmptyGaps) / gaps) : 1;

    /// <summary>The same with the gaps of cuts.</summary>
    public double TrueGapShareWithCuts => Sum(row => row.Gaps + row.CutGaps) is var gaps and > 0 ? 1 - ((double)Sum(row => row.EmptyGaps + row.EmptyCutGaps) / gaps) : 1;

    /// <summary>Half of the gaps with a lost line are no more than this wider than what was lost.</summary>
    public double MedianExcessSeconds => Rows.SelectMany(row => row.ExcessSeconds).Order().ToArray() is { Length: > 0 } all ? all[all.Length / 2] : 0;

    /// <summary>Adds up a column.</summary>
    public int Sum(Func<TortureRow, int> column) => Rows.Sum(column);

    /// <summary>The table as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"style",-28}{"written",9}{"doubled",8}{"strange",8}{"in gaps",8}{"lost",6}{"unseen",7}{"gaps",6}{"empty",6}{"cuts",6}{"empty",6}{"maybe",7}{"empty",6}{"excess",8}");
        foreach (var row in Rows)
            Append(row.Style, column => column(row), row.ExcessSeconds);
        Append("all", Sum, Rows.SelectMany(row => row.ExcessSeconds));
        text.AppendLine(CultureInfo.InvariantCulture, $"gaps with a lost line {TrueGapShare:P1}, with those of cuts {TrueGapShareWithCuts:P1}, median excess {MedianExcessSeconds:0.0} s; {string.Join(", ", Chaos.Select(done => $"{done.Key} {done.Value}"))}");
        foreach (var note in Skipped.Concat(Rows.SelectMany(row => row.Examples.Select(example => $"{row.Style}: {example}"))))
            text.AppendLine(note);
        return text.ToString();

        void Append(string name, Func<Func<TortureRow, int>, int> of, IEnumerable<double> excess)
        {
            var sorted = excess.Order().ToArray();
            text.AppendLine(CultureInfo.InvariantCulture, $"{name,-28}{of(r => r.Written),9}{of(r => r.Doubled),8}{of(r => r.Strange),8}{of(r => r.InGaps),8}{of(r => r.Lost),6}{of(r => r.Unseen),7}{of(r => r.Gaps),6}{of(r => r.EmptyGaps),6}{of(r => r.CutGaps),6}{of(r => r.EmptyCutGaps),6}{of(r => r.MaybeGaps),7}{of(r => r.EmptyMaybeGaps),6}{(sorted.Length == 0 ? "" : $"{sorted[sorted.Length / 2]:0.0} s"),8}");
        }
    }
}
