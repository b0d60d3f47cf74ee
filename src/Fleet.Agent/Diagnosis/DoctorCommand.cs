using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Agent.Settings;

namespace Fleet.Agent.Diagnosis;

/// <summary>`fleet-agent doctor`: looks for what keeps this host's agent from working, and says what to do about it.</summary>
internal static class DoctorCommand
{
    /// <summary>Prints a line for each finding; 1 where something is bad.</summary>
    public static async Task<int> RunAsync(Enrolment enrolment, StateDirectory state, AgentSettings settings, TextWriter output, TimeProvider time)
    {
        var worst = Grade.Good;
        var identities = new IdentityStore(state.Path);
        Tell(Certificate(identities, enrolment, time));
        await foreach (var finding in new HostChecks(state, settings, time).RunAsync())
            Tell(finding);
        await foreach (var finding in new ControllerChecks(enrolment.Controller, identities, time).RunAsync())
            Tell(finding);
        Tell(Link(state));
        output.WriteLine(worst switch
        {
            Grade.Good => "All is well.",
            Grade.Doubtful => "The agent can work; what is marked with ? limits it.",
            _ => "The agent cannot work: mend what is marked with !",
        });
        return worst == Grade.Bad ? 1 : 0;

        void Tell(Finding finding)
        {
            worst = finding.Grade > worst ? finding.Grade : worst;
            output.WriteLine($"{Mark(finding.Grade)} {finding.Check,-12} {finding.Said}");
            if (finding.Mend.Length > 0)
                output.WriteLine($"{"",15}-> {finding.Mend}");
        }
    }

    private static char Mark(Grade grade) => grade switch
    {
        Grade.Good => '+',
        Grade.Doubtful => '?',
        _ => '!',
    };

    private static Finding Certificate(IdentityStore identities, Enrolment enrolment, TimeProvider time)
    {
        using var certificate = identities.Load();
        var now = time.GetUtcNow().UtcDateTime;
        var said = $"{enrolment.Name}, certificate valid until {LinkDiary.Stamp(certificate.NotAfter)}";
        return certificate.NotAfter.ToUniversalTime() < now ? Finding.Bad("identity", said + ", which has passed", "enrol this host anew: fleet-agent enrol --force --controller HOST --token TOKEN")
            : certificate.NotBefore.ToUniversalTime() > now ? Finding.Bad("identity", "the certificate is not valid yet", "set this host's clock: timedatectl set-ntp true")
            : Finding.Good("identity", said);
    }

    private static Finding Link(StateDirectory state)
    {
        using var held = state.TryLock();
        if (held is not null)
            return Finding.Bad("agent", "no agent runs", "systemctl enable --now fleet-agent");
        return LinkDiary.Read(state.Path) switch
        {
            { IsLinked: true } link => Finding.Good("agent", $"version {link.Version} runs and is linked since {LinkDiary.Stamp(link.Since)}"),
            { Failure: { Length: > 0 } last } => Finding.Bad("agent", $"it runs and is not linked: {last}", "what is marked above says why; journalctl -u fleet-agent has all of it"),
            { Losses: [var last, ..] } => Finding.Bad("agent", $"it runs and is not linked: {last}", "what is marked above says why; journalctl -u fleet-agent has all of it"),
            _ => Finding.Doubtful("agent", "it runs; how its link stands is not known", "ask again in a moment"),
        };
    }
}
