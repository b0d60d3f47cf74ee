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
    /// trial, its time is up                 rolled back: the current version
    /// trial, started too often              rolled back: the current version
    /// trial                                 the version on trial, its starts counted
    /// else                                  the current version
    /// </code>
    /// </summary>
    /// <param name="selection">As it is.</param>
    /// <param name="stamp">Of the installed program.</param>
    /// <param name="now">This moment.</param>
    public static LaunchDecision Of(Selection selection, string stamp, HostMoment now)
    {
        if (selection.Installed != stamp)
        {
            var ended = selection.Trial is null ? selection : selection.RollBack("another agent was installed on the host meanwhile");
            return new LaunchDecision(new Selection { Installed = stamp, Verdict = ended.Verdict }, "", false);
        }

        if (selection.Trial is not { } trial)
            return new LaunchDecision(selection, selection.Current, false);
        var why = trial.Starts >= Trial.MostStarts ? $"it ended {trial.Starts} times before it connected"
            : trial.Left(now) <= TimeSpan.Zero ? $"{trial.NoLinkInTime}; it ended {trial.Starts} times"
            : null;
        return why is null
            ? new LaunchDecision(selection.Start(now), trial.Id, true)
            : new LaunchDecision(selection.RollBack(why), selection.Current, false);
    }
}
