using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Diagnosis;
using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Agent.Upgrading;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
using Fleet.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Diagnosis;

public sealed class StatusTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_diary_says_how_the_link_stands_and_why_the_last_ones_ended()
    {
        LinkDiary.Read(_directory.Path).ShouldBeNull();
        var diary = Diary();
        for (var i = 1; i <= 7; i++)
        {
            diary.NoteLost($"reason {i}, with a \"comma\"");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var lost = LinkDiary.Read(_directory.Path)!;
        (lost.IsLinked, lost.Losses.Count).ShouldBe((false, 5));
        lost.Losses[0].ShouldBe("2026-11-21 01:02:09 UTC  reason 7, with a \"comma\"");

        // Attempts that fail for hours leave why the link ended.
        for (var i = 1; i <= 9; i++)
            diary.NoteFailed("Network is unreachable");
        var failing = LinkDiary.Read(_directory.Path)!;
        failing.Losses.ShouldBe(lost.Losses);
        failing.Failure.ShouldBe("2026-11-21 01:02:10 UTC  Network is unreachable");

        diary.NoteLinked("1.2.3", _time.GetUtcNow() + TimeSpan.FromSeconds(2));
        var linked = LinkDiary.Read(_directory.Path)!;
        linked.Failure.ShouldBeEmpty();
        (linked.IsLinked, linked.ControllerVersion, linked.Ahead, linked.Losses.Count).ShouldBe((true, "1.2.3", TimeSpan.FromSeconds(-2), 5));
    }

    [Fact]
    public async Task The_status_tells_link_certificate_tasks_versions_and_last_losses()
    {
        var state = new StateDirectory(_directory.Path);
        state.Create();
        using (var journal = new TaskJournal(state, "boot", 1 << 20, _time, NullLogger<TaskJournal>.Instance))
        {
            foreach (var number in new[] { 1, 2 })
            {
                var log = journal.Create(Some.TaskNumber(number), 0, _time.GetUtcNow());
                journal.Append(log, Some.Started());
                if (number == 2)
                    journal.Append(log, Some.Ended());
            }
        }

        var versions = new SelectionFile(new VersionStore(_directory.Path), TimeProvider.System);
        await versions.ChangeAsync(_ => new Selection { Current = "0.2.0-abc", Previous = "0.1.9-def" }, CancellationToken.None);
        Diary().NoteLost("the controller was silent for 15 s");
        Diary().NoteLinked("1.2.3", _time.GetUtcNow());
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=web1", key, HashAlgorithmName.SHA256).CreateSelfSigned(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(20));

        var text = new StringWriter();
        new StatusReport(state, new AgentOptions(), _time).Write(
            text, new Enrollment("e", new ControllerAddress("fleet.example", 7443), AgentId.New(), "web1", Proxy: new ProxyAddress(ProxyKind.Http, "proxy", 3128, "ann", "hunter2")), certificate, isRunning: true);

        var lines = text.ToString().Split('\n');
        lines.ShouldContain("proxy        http://ann@proxy:3128");
        text.ToString().ShouldNotContain("hunter2");
        lines.ShouldContain(line => line.StartsWith("certificate") && line.EndsWith("(20 days left)"));
        lines.ShouldContain("connection   up since 2026-11-21 01:02:03 UTC, controller 1.2.3; this host's clock is 0.0 s ahead of the controller's");
        lines.ShouldContain(line => line.StartsWith("versions") && line.EndsWith("is installed; 0.2.0-abc is in use; 0.1.9-def is kept"));
        lines.ShouldContain($"running      1 task: {Some.TaskNumber(1)}");
        lines.ShouldContain(line => line.StartsWith("spool") && line.EndsWith("1 ended task waits for the controller"));
    }

    private LinkDiary Diary() => new(_directory.Path, _time, NullLogger<LinkDiary>.Instance);
}
