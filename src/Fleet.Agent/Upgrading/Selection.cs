using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Units;

namespace Fleet.Agent.Upgrading;

/// <summary>
/// Which program is this host's agent:
/// <code>
/// begin      a version is put on trial; the current one stays what it is
/// start      it was started once more, and has not been confirmed yet
/// confirm    it has its link: it is the current one, the one before is kept
/// roll back  it has not: the current one goes on
/// told       the upgrade's task has its end
/// </code>
/// </summary>
internal sealed record Selection
{
    /// <summary>Nothing was ever selected: the installed program is the agent.</summary>
    public static readonly Selection None = new();

    /// <summary>The installed program as it was when the selection was made; another one there wins over the selection.</summary>
    public string Installed { get; init; } = "";

    /// <summary>The version in use, by the name of its directory; empty: the installed program.</summary>
    public string Current { get; init; } = "";

    /// <summary>The version before it; kept, and otherwise unused.</summary>
    public string Previous { get; init; } = "";

    /// <summary>A version that is on trial; null for none.</summary>
    public Trial? Trial { get; init; }

    /// <summary>How the last trial ended, until its task has been told; null for none.</summary>
    public Verdict? Verdict { get; init; }

    public Selection Begin(Trial trial, string installed) => this with { Installed = installed, Trial = trial, Verdict = null };

    public Selection Start(HostMoment now) => this with
    {
        Trial = Trial! with { Starts = Trial.Starts + 1, Since = Trial.Since is { } since && since.Boot == now.Boot ? since : now },
    };

    public Selection Confirm() => this with
    {
        Current = Trial!.Id,
        Previous = Current,
        Trial = null,
        Verdict = new Verdict(Trial.TaskId, true, $"upgraded from {Trial.From} to {Trial.Version}"),
    };

    public Selection RollBack(string why) => this with
    {
        Trial = null,
        Verdict = new Verdict(Trial!.TaskId, false, $"rolled back from {Trial.Version} to {Trial.From}: {why}"),
    };

    public Selection Told() => this with { Verdict = null };
}

/// <summary>A version that has to show that it works.</summary>
/// <param name="Id">The name of its directory.</param>
/// <param name="Version">What it has to say about itself.</param>
/// <param name="From">The version that it follows.</param>
/// <param name="TaskId">The task that ordered it.</param>
/// <param name="HealthTimeout">From its first start to its link, however often it ends and is started again meanwhile.</param>
/// <param name="Starts">How often it was started.</param>
internal sealed record Trial(string Id, string Version, string From, TaskId TaskId, TimeSpan HealthTimeout, int Starts)
{
    /// <summary>
    /// After so many starts without a link it is given up. More than one, since the host may lose its power, or somebody kill the
    /// process, while a good version is on trial.
    /// </summary>
    public const int MostStarts = 3;

    /// <summary>Its first start since the host's; null where it was not started yet.</summary>
    public HostMoment? Since { get; init; }

    /// <summary>How much of its time is left. A restart of the host, which takes longer than that, gives it all of it again.</summary>
    public TimeSpan Left(HostMoment now) => Since is { } since && since.Boot == now.Boot ? HealthTimeout - (now.Uptime - since.Uptime) : HealthTimeout;

    /// <summary>Why a trial ends whose time is up.</summary>
    public string NoLinkInTime => $"no connection to the controller within {DurationText.Format(HealthTimeout)}";
}

/// <summary>How a trial ended.</summary>
/// <param name="TaskId">The task that ordered it.</param>
/// <param name="IsUpgraded">Whether the new version is in use.</param>
/// <param name="Reason">For people.</param>
internal sealed record Verdict(TaskId TaskId, bool IsUpgraded, string Reason);
