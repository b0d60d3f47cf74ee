using System.Runtime.CompilerServices;
using System.Text;

namespace Fleet.Cli.Output;

/// <summary>Where results, notes and questions go: results to standard output, all else to standard error.</summary>
/// <param name="Out">Results.</param>
/// <param name="Err">Progress, notes, questions.</param>
/// <param name="Input">Answers to questions; null where nobody can answer.</param>
internal sealed record Screen(ScreenWriter Out, ScreenWriter Err, TextReader? Input)
{
    // A pipe has no width: tables must not be wrapped for programs that read them.
    private const int PipeWidth = 4096;

    /// <summary>Somebody reads the results as they come.</summary>
    public bool OutIsTerminal => Out.IsTerminal;

    /// <summary>A line may be drawn over.</summary>
    public bool ErrIsTerminal => Err.IsTerminal;

    /// <summary>Standard output.</summary>
    public ScreenWriter Writer => Out;

    /// <summary>The process's own terminal or pipes. NO_COLOR and TERM=dumb are respected (no-color.org).</summary>
    public static Screen OfProcess(bool noColor)
    {
        var plain = noColor || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        // A buffered writer: one write per result instead of one per line.
        var output = new StreamWriter(StandardOutput.Open(), new UTF8Encoding(false), 32 * 1024) { AutoFlush = false };
        var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
        var errIsTerminal = !Console.IsErrorRedirected;
        return new Screen(
            Of(output, !Console.IsOutputRedirected, plain),
            Of(error, errIsTerminal, plain),
            Console.IsInputRedirected || !errIsTerminal ? null : Console.In);
    }

    /// <summary>Tells something beside the results.</summary>
    public void Note([InterpolatedStringHandlerArgument("")] ref StyledText text) => Err.WriteLine(ref text);

    /// <summary>The same, of any number of lines.</summary>
    public void Note(string text)
    {
        BeginNote(TextStyle.Yellow);
        Err.WriteLine(text);
    }

    /// <summary>Says why the command ends without doing what was asked. It may hold what others wrote: only its first line stands at the very left.</summary>
    public void Fail(string text)
    {
        BeginNote(TextStyle.Red);
        Err.WriteLine(string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select((line, i) => i == 0 || line.StartsWith(' ') ? line : "  " + line)));
    }

    /// <summary>What notes begin with.</summary>
    public void BeginNote(TextStyle style)
    {
        Err.WriteStyled(style, "fleet:");
        Err.Write(' ');
    }

    /// <summary>Asks something at the terminal; the answer is read from <see cref="Input"/>.</summary>
    public void Prompt(string question)
    {
        Err.Write(question);
        Err.Flush();
    }

    /// <summary>Ends a line of the terminal on which ^C or an unanswered question stands.</summary>
    public void EndLine()
    {
        if (ErrIsTerminal)
            Err.WriteLine();
    }

    private static ScreenWriter Of(TextWriter raw, bool isTerminal, bool plain) =>
        new(raw, isTerminal, hasColors: isTerminal && !plain, isTerminal ? Math.Max(40, TerminalWidth()) : PipeWidth);

    private static int TerminalWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
