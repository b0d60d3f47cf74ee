using System.Text;
using Spectre.Console;

namespace Fleet.Cli.Output;

/// <summary>Where results, notes and questions go: results to standard output, all else to standard error.</summary>
/// <param name="Out">Results.</param>
/// <param name="Err">Progress, notes, questions.</param>
/// <param name="OutIsTerminal">Somebody reads the results as they come.</param>
/// <param name="ErrIsTerminal">A line may be drawn over.</param>
/// <param name="Input">Answers to questions; null where nobody can answer.</param>
internal sealed record Screen(IAnsiConsole Out, IAnsiConsole Err, bool OutIsTerminal, bool ErrIsTerminal, TextReader? Input)
{
    /// <summary>The process's own terminal or pipes. NO_COLOR and TERM=dumb are respected (no-color.org).</summary>
    public static Screen OfProcess(bool noColor)
    {
        var plain = noColor || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        var outIsTerminal = !Console.IsOutputRedirected;
        var errIsTerminal = !Console.IsErrorRedirected;
        // A buffered writer: one write per result instead of one per line.
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 32 * 1024) { AutoFlush = false };
        var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
        return new Screen(
            Create(output, outIsTerminal, plain),
            Create(error, errIsTerminal, plain),
            outIsTerminal,
            errIsTerminal,
            Console.IsInputRedirected || !errIsTerminal ? null : Console.In);
    }

    /// <summary>A console over a writer.</summary>
    public static IAnsiConsole Create(TextWriter writer, bool isTerminal, bool plain, int? width = null)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal && !plain ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isTerminal && !plain ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        // A pipe has no width: tables must not be wrapped for programs that read them.
        console.Profile.Width = width ?? (isTerminal ? Math.Max(40, TerminalWidth()) : 4096);
        return console;
    }

    /// <summary>Standard output's writer, for text that is not markup.</summary>
    public TextWriter Writer => Out.Profile.Out.Writer;

    /// <summary>Tells something beside the results.</summary>
    public void Note(string text) => Err.MarkupLineInterpolated($"[yellow]fleet:[/] {text}");

    /// <summary>Says why the command ends without doing what was asked.</summary>
    public void Fail(string text) => Err.MarkupLineInterpolated($"[red]fleet:[/] {text}");

    /// <summary>Asks something at the terminal; the answer is read from <see cref="Input"/>.</summary>
    public void Prompt(string question)
    {
        Err.Profile.Out.Writer.Write(question);
        Err.Profile.Out.Writer.Flush();
    }

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
