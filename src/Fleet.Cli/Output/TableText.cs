using System.Text;
using Spectre.Console;

namespace Fleet.Cli.Output;

/// <summary>Plain tables: aligned columns on a terminal, tabs for pipes.</summary>
internal static class TableText
{
    public static void Write(Screen screen, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (!screen.OutIsTerminal)
        {
            screen.Writer.WriteLine(string.Join('\t', columns));
            foreach (var row in rows)
                screen.Writer.WriteLine(string.Join('\t', row.Select(Clean)));
            screen.Writer.Flush();
            return;
        }

        var table = new Table().Border(TableBorder.None);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Markup($"[bold]{Markup.Escape(column)}[/]")) { Padding = new Padding(0, 0, 2, 0) });
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(Clean(cell))).ToArray());
        screen.Out.Write(table);
        screen.Writer.Flush();
    }

    private static string Clean(string cell) =>
        HostText.Decode(Encoding.UTF8.GetBytes(cell), forTerminal: true).Replace('\n', ' ').Replace('\t', ' ');
}
