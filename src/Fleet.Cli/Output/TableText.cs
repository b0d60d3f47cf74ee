using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fleet.Cli.Output;

/// <summary>Plain tables: aligned columns on a terminal, tabs for pipes.</summary>
internal static class TableText
{
    // Only lays out: what it is drawn on is the screen.
    private static readonly IAnsiConsole s_layout = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(TextWriter.Null),
    });

    public static void Write(Screen screen, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        // Fields with their names before them have no heads.
        var hasHeads = columns.Any(column => column.Length > 0);
        if (!screen.OutIsTerminal)
        {
            if (hasHeads)
                screen.Writer.WriteLine(string.Join('\t', columns));
            foreach (var row in rows)
                screen.Writer.WriteLine(string.Join('\t', row.Select(InertText.OneLine)));
            screen.Writer.Flush();
            return;
        }

        var table = new Table().Border(TableBorder.None);
        table.ShowHeaders = hasHeads;
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Spectre.Console.Text(column, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0) });
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Spectre.Console.Text(InertText.OneLine(cell))).ToArray());
        s_layout.Profile.Width = screen.Out.Width;
        foreach (var segment in ((IRenderable)table).Render(RenderOptions.Create(s_layout), screen.Out.Width))
            screen.Out.WriteStyled(segment.Style.Decoration.HasFlag(Decoration.Bold) ? TextStyle.Bold : TextStyle.Plain, segment.Text);
        screen.Writer.Flush();
    }
}
