using System.Text;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;
using Spectre.Console;

namespace Fleet.Cli.Hits;

/// <summary>Lines that nobody saw, on a line of their own.</summary>
internal static class GapLine
{
    public static void Write(Screen screen, StoredGap gap)
    {
        // Only the head is marked: marked text is broken at the terminal's width, and this is to be copied whole.
        screen.Out.Markup($"[red bold]{Markup.Escape(gap.Gap.Scan)}:[/] ");
        screen.Writer.WriteLine(HostText.Decode(Encoding.UTF8.GetBytes(HitWords.Gap(gap)), screen.OutIsTerminal));
    }
}
