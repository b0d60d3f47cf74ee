using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Cli.Connection;
using Fleet.Cli.Contexts;
using Fleet.Cli.Interrupt;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Cli.Running;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Fleet.Tests;
using Google.Protobuf;

namespace Fleet.Cli.Tests.Running;

/// <summary>A job as it is followed: the progress line, the time, and a reader that goes away.</summary>
public sealed class Jobs_followed : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new();
    private readonly ScriptedJob _controller = new();
    private readonly CtrlC _ctrlC = new();
    private readonly X509Certificate2 _certificate = NewCertificate();

    public void Dispose()
    {
        _ctrlC.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public async Task The_clock_runs_while_nothing_happens_and_the_last_hosts_are_named()
    {
        var errors = new SharedText();
        var screen = new Screen(new ScreenWriter(TextWriter.Null, isTerminal: false, hasColors: false, 80), new ScreenWriter(errors, isTerminal: true, hasColors: false, 120), null);
        _controller.Say(Some.Log(
            Some.Job("x"), Some.Hosts("web1", "web2", "db1"), Started(1), Started(2), Started(3), Some.End(1, TaskState.Succeeded, 0)).ToArray());
        var following = Follow(screen, FollowMode.Own);

        for (var seconds = 0; seconds <= 3; seconds++)
        {
            // The follower waits for the clock again at some moment: nothing but the clock moves here.
            await UntilAsync(() =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return errors.Text.Contains($"1/3 done  2 running: db1,web2  {seconds}.", StringComparison.Ordinal);
            });
        }

        _controller.Say(Numbered(10, Some.End(2, TaskState.Succeeded, 0)), Numbered(11, Some.End(3, TaskState.Succeeded, 0)), Done(0, 1));
        (await following.WaitAsync(s_limit)).ShouldBe(ExitCode.Success);
        errors.Text.ShouldContain("3 hosts: 3 succeeded; ");
    }

    [Theory]
    [InlineData(FollowMode.Watch)]
    [InlineData(FollowMode.Look)]
    internal async Task A_job_that_is_done_took_as_long_as_it_took_whenever_one_looks(FollowMode mode)
    {
        var (screen, text) = Some.Screen();
        var done = new Job { Id = Some.JobId, CreatedMs = 1_000, EndedMs = 43_500, Done = true };
        _controller.Say([.. Some.Log(Some.Job("x"), Some.Hosts("web1"), Some.End(1, TaskState.Succeeded, 0)), new JobEvent { JobEnded = new JobEnded { Job = done } }]);
        await Follow(screen, mode, done).WaitAsync(s_limit);
        text.ToString().ShouldContain("1 host: 1 succeeded; 42.50 s");
    }

    [Fact]
    public async Task A_search_whose_reader_goes_away_is_cancelled()
    {
        var job = new JobEvent { Job = new Job { Id = Some.JobId, Spec = new TaskSpec { Steps = { new Step { SearchLogs = new SearchLogs() } } }.ToByteString() } };
        _controller.Say(Some.Log(job, Some.Hosts("web1"), Some.Out(1, "x\n")).ToArray());
        (await Follow(ClosedScreen(out _), FollowMode.Own).WaitAsync(s_limit)).ShouldBe(ExitCode.Success);
        _controller.Cancelled.ShouldBe([Some.JobId]);
    }

    [Theory]
    [InlineData(FollowMode.Own, true)]
    [InlineData(FollowMode.Watch, false)]
    internal async Task A_command_whose_reader_goes_away_is_not_broken_off(FollowMode mode, bool isSaid)
    {
        _controller.Say(Some.Log(Some.Job("x"), Some.Hosts("web1"), Some.Out(1, "x\n")).ToArray());
        (await Follow(ClosedScreen(out var errors), mode).WaitAsync(s_limit)).ShouldBe(ExitCode.Interrupted);
        _controller.Cancelled.ShouldBeEmpty();
        errors.ToString().Contains("continues: fleet jobs watch", StringComparison.Ordinal).ShouldBe(isSaid);
    }

    private Task<int> Follow(Screen screen, FollowMode mode, Job? job = null)
    {
        var client = new FleetClient(_controller, new PinnedTrust(_certificate), new FleetContext("test", "127.0.0.1:7443", "admin", "admin"), new IdentityFiles("/nowhere"), new X509Certificate2(_certificate));
        return new JobFollower(client, screen, _time, _ctrlC, quiet: false).FollowAsync(job ?? new Job { Id = Some.JobId }, new StreamRenderer(screen, errorsOnly: false), mode);
    }

    private static Screen ClosedScreen(out StringWriter errors)
    {
        errors = new StringWriter();
        return new Screen(new ScreenWriter(new ClosedText(), isTerminal: false, hasColors: false, 80), new ScreenWriter(errors, isTerminal: false, hasColors: false, 80), null);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (!isSo())
            await Task.Delay(5, limit.Token);
    }

    private static JobEvent Started(uint task) => new() { Ordinal = task, Started = new TaskStarted() };

    private static JobEvent Numbered(ulong seq, JobEvent happened)
    {
        happened.Seq = seq;
        return happened;
    }

    private static JobEvent Done(long createdMs, long endedMs) => new() { JobEnded = new JobEnded { Job = new Job { Id = Some.JobId, CreatedMs = createdMs, EndedMs = endedMs, Done = true } } };

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }

    /// <summary>As standard output is once `head` has ended.</summary>
    private sealed class ClosedText : StringWriter
    {
        public override void Flush() => throw new OutputClosedException();
    }

    /// <summary>Read by the test while the follower writes.</summary>
    private sealed class SharedText : StringWriter
    {
        private readonly Lock _gate = new();

        public string Text
        {
            get
            {
                lock (_gate)
                    return ToString();
            }
        }

        public override void Write(char value)
        {
            lock (_gate)
                base.Write(value);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            lock (_gate)
                GetStringBuilder().Append(buffer);
        }

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(System.Text.StringBuilder? value) => Write(value?.ToString());
    }
}
