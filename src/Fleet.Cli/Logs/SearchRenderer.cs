using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Logs;

/// <summary>Shows a search as its hosts are done: decodes what they sent, keeps count, and lets a report do the rest.</summary>
internal sealed class SearchRenderer(Screen screen, ISearchReport report) : IResultRenderer
{
    private readonly SearchTally _tally = new();

    /// <summary>Shows a search in the form that was asked for, while it runs or later.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="search">What was asked for.</param>
    /// <param name="asJson">Whether programs read it.</param>
    /// <param name="top">So many clusters, or hosts of counts; 0: all.</param>
    public static SearchRenderer Create(Screen screen, SearchLogs search, bool asJson, int top) => new(screen, search.Output switch
    {
        _ when asJson => new JsonReport(screen),
        LogOutput.Count => new CountReport(screen, search, top),
        LogOutput.Histogram => new HistogramReport(screen),
        LogOutput.Clusters => new ClusterReport(screen, top),
        _ => new LineReport(screen, search),
    });

    public void Show(JobView job, JobEvent happened, TaskView? task)
    {
        if (happened.EventCase != JobEvent.EventOneofCase.Ended || task?.Ended is not { } ended)
            return;
        var results = task.Steps.Count == 0 ? [] : Decode(task.Steps[0].Stdout);
        _tally.Take(task.Host, ended, results, task.OutputRemoved);
        report.Take(task.Host, results);
        screen.Writer.Flush();
        task.ForgetOutput();
    }

    public void Finish(JobView job, TimeSpan elapsed) => report.Finish(job, _tally, elapsed);

    /// <summary>The messages of a search's output, as far as they are whole.</summary>
    private static List<LogResult> Decode(KeptOutput output)
    {
        var results = new List<LogResult>();
        using var bytes = new MemoryStream(output.Bytes.ToArray());
        try
        {
            while (bytes.Position < bytes.Length)
                results.Add(LogResult.Parser.ParseDelimitedFrom(bytes));
        }
        catch (InvalidProtocolBufferException)
        {
            // The task was ended in the midst of one: what came before it stands, and the tally says that the end is missing.
        }

        return results;
    }
}
