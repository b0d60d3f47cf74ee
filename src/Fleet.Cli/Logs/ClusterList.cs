using System.Globalization;
using Fleet.Cli.Output;
using Fleet.Protocol.NodeSets;

namespace Fleet.Cli.Logs;

/// <summary>Kinds of lines, each with how often and where it was seen, and an example.</summary>
internal static class ClusterList
{
    private const string Margin = "          ";

    /// <param name="screen">Where to.</param>
    /// <param name="clusters">The kinds, most frequent first.</param>
    /// <param name="top">So many of them; 0: all.</param>
    public static void Write(Screen screen, IReadOnlyList<ClusterRow> clusters, int top)
    {
        foreach (var cluster in top > 0 ? clusters.Take(top) : clusters)
        {
            screen.Out.WriteLine($"{TextStyle.YellowBold}{cluster.Count,8}{TextStyle.Plain}  {TextStyle.Green}{Where(cluster)}{TextStyle.Plain}{Span(cluster)}");
            Indented(screen, "", cluster.Count == 1 ? cluster.Example : cluster.Template);
            if (cluster.Count > 1 && cluster.Template != cluster.Example)
                Indented(screen, "e.g. ", cluster.Example);
        }

        if (top > 0 && clusters.Count > top)
            screen.Note($"{clusters.Count - top} more clusters (--top)");
    }

    private static string Where(ClusterRow cluster) => (cluster.HostCount, cluster.Hosts.Count) switch
    {
        (0, _) => "",
        (1, 1) => cluster.Hosts.First(),
        (var number, 0) => $"{number} hosts",
        var (number, named) => $"{NodeSet.Fold(cluster.Hosts)}{(number > named ? " and others" : "")} ({number})",
    };

    private static void Indented(Screen screen, string label, string text) =>
        screen.Writer.WriteLine(Margin + label + text.Replace("\n", "\n" + Margin, StringComparison.Ordinal));

    private static string Span(ClusterRow cluster) => (cluster.First, cluster.Last) switch
    {
        ({ } first, { } last) when first != last => $"  {Text(first)} to {Text(last)}",
        ({ } first, _) => $"  {Text(first)}",
        _ => "",
    };

    private static string Text(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
