using Fleet.Agent.Identity;
using Fleet.Agent.Journal;

namespace Fleet.Agent.Diagnosis;

/// <summary>`fleet-agent doctor`: looks for what keeps this host's agent from working, and says what to do about it.</summary>
internal static class DoctorCommand
{
    /// <summary>Prints a line for each finding; 1 where something is bad.</summary>
    /// <param name="enrollment">Who this host is.</param>
    /// <param name="state">The agent's state.</param>
    /// <param name="settings">Its settings; the defaults stand in for what is wrong.</param>
    /// <param name="faults">What is wrong with them.</param>
    /// <param name="output">Where to.</param>
    /// <param name="time">The host's clock.</param>
    public static async Task<int> RunAsync(
        Enrollment enrollment, StateDirectory state, AgentOptions settings, IReadOnlyList<string> faults, TextWriter output, TimeProvider time)
    {
        var worst = Grade.Good;
        var identities = new IdentityStore(state.Path);
        foreach (var fault in faults)
            Tell(Finding.Bad("settings", fault, "the agent does not start with it; after the change: fleet-agent check-config"));
        await foreach (var finding in new HostChecks(state, settings, time).RunAsync())
            Tell(finding);
        var controller = new ControllerChecks(enrollment.Controller, enrollment.Proxy, identities, time);
        await foreach (var finding in controller.RunAsync())
            Tell(finding);
        Tell(Certificate(identities, enrollment, time.GetUtcNow(), controller.Ahead));
        Tell(Link(state));
        output.WriteLine(worst switch
        {
            Grade.Good => "No problems found.",
            Grade.Doubtful => "The agent can work; what is marked with ? limits it.",
            _ => "The agent cannot work: fix what is marked with !",
        });
        return worst == Grade.Bad ? 1 : 0;

        void Tell(Finding finding)
        {
            worst = finding.Grade > worst ? finding.Grade : worst;
            output.WriteLine($"{Mark(finding.Grade)} {finding.Check,-12} {finding.Said}");
            if (finding.Hint.Length > 0)
                output.WriteLine($"{"",15}-> {finding.Hint}");
        }
    }

    private static char Mark(Grade grade) => grade switch
    {
        Grade.Good => '+',
        Grade.Doubtful => '?',
        _ => '!',
    };

    /// <summary>The controller decides whether a certificate holds, by its own clock: that one counts where it is known.</summary>
    private static Finding Certificate(IdentityStore identities, Enrollment enrollment, DateTimeOffset here, TimeSpan? ahead)
    {
        using var certificate = identities.Load();
        var now = here - (ahead ?? TimeSpan.Zero);
        var said = $"{enrollment.Name}, certificate valid until {LinkDiary.Stamp(certificate.NotAfter)}";
        const string again = "enroll this host again: fleet-agent enroll --force --controller HOST --token TOKEN";
        if (certificate.NotAfter < now.UtcDateTime.ToLocalTime())
        {
            return ahead is null
                ? Finding.Bad("identity", $"{said}, which has passed if this host's clock is right ({LinkDiary.Stamp(here)})", $"set the clock where it is not: timedatectl set-ntp true; else {again}")
                : Finding.Bad("identity", $"{said}, which has passed", again);
        }

        return certificate.NotBefore > now.UtcDateTime.ToLocalTime()
            ? Finding.Bad("identity", $"the certificate is valid from {LinkDiary.Stamp(certificate.NotBefore)} only", $"set the {(ahead is null ? "host's" : "controller's")} clock: timedatectl set-ntp true")
            : Finding.Good("identity", said);
    }

    private static Finding Link(StateDirectory state)
    {
        using var held = state.TryLock();
        if (held is not null)
            return Finding.Bad("agent", "no agent runs", "systemctl enable --now fleet-agent");
        return LinkDiary.Read(state.Path) switch
        {
            { IsLinked: true } link => Finding.Good("agent", $"version {link.Version} is running and connected since {LinkDiary.Stamp(link.Since)}"),
            { Failure: { Length: > 0 } last } => Finding.Bad("agent", $"it is running, but disconnected: {last}", "see the errors above and journalctl -u fleet-agent"),
            { Losses: [var last, ..] } => Finding.Bad("agent", $"it is running, but disconnected: {last}", "see the errors above and journalctl -u fleet-agent"),
            _ => Finding.Doubtful("agent", "it is running; its connection status is not known yet", "try again in a moment"),
        };
    }
}
