using Fleet.Cli.Output;

namespace Fleet.Cli.Scans;

/// <summary>Asks before something is deleted. Only people at a terminal are asked; a script has said what it wants.</summary>
internal static class YesOrNo
{
    /// <exception cref="CommandFailure">The answer was no.</exception>
    public static void Ask(Screen screen, bool assumeYes, string what)
    {
        if (assumeYes || screen.Input is null)
            return;
        screen.Prompt($"{what}\nContinue? [y/N] ");
        if (screen.Input.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
            throw CommandFailure.Usage("nothing was changed");
    }
}
