using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Hits;

/// <summary>Lines that nobody saw, on a line of their own.</summary>
internal static class GapLine
{
    public static void Write(Screen screen, StoredGap gap)
    {
        screen.Out.WriteLine($"{TextStyle.RedBold}{gap.Gap.Scan}:{TextStyle.Plain} {HitFormatter.Gap(gap)}");
    }
}
