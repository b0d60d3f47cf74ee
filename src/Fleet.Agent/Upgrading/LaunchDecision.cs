namespace Fleet.Agent.Upgrading;

/// <summary>What the installed program is to become, decided from the selection alone.</summary>
/// <param name="After">The selection as it has to be before that happens.</param>
/// <param name="Run">The version to become; empty: none, the installed program is the agent.</param>
/// <param name="IsTrial">Whether that version is on trial.</param>
internal sealed record LaunchDecision(Selection After, string Run, bool IsTrial)
{
    /// <summary>
    /// <code>
    /// another program was installed since   that one; selection and trial are over
    /// trial, not started too often          the version on trial, its starts counted
    /// trial, started too often              rolled back: the current version
    /// else                                  the current version
    /// </code>
    /// </summary>
    /// <param name="selection">As it is.</param>
    /// <param name="stamp">Of the installed program.</param>
    public static LaunchDecision Of(Selection selection, string stamp)
    {
        if (selection.Installed != stamp)
        {
            var ended = selection.Trial is null ? selection : selection.RollBack("another agent was installed on the host meanwhile");
            return new LaunchDecision(new Selection { Installed = stamp, Verdict = ended.Verdict }, "", false);
        }

        if (selection.Trial is not { } trial)
            return new LaunchDecision(selection, selection.Current, false);
        return trial.Starts < Trial.MostStarts
            ? new LaunchDecision(selection.Start(), trial.Id, true)
            : new LaunchDecision(selection.RollBack($"it ended {trial.Starts} times before it had a link"), selection.Current, false);
    }
}
