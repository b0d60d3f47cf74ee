using Fleet.Agent.Execution;
using Fleet.Agent.Tasks;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Google.Protobuf;
using OutputLimits = Fleet.Protocol.V1.OutputLimits;

namespace Fleet.Agent.Tests.Tasks;

public sealed class OrderReaderTests
{
    private static readonly TaskPolicy s_policy = new(["deploy"], ["ping", "facts"]);

    [Fact]
    public void A_whole_specification_reaches_the_executor()
    {
        var spec = new TaskSpec
        {
            Steps =
            {
                new Step { Argv = new Argv { Words = { "df", "-h" } } },
                new Step { Shell = new ShellLine { Line = "echo", Shell = "/bin/bash" } },
                new Step { Script = new Script { Name = "a.sh", Content = ByteString.CopyFromUtf8("#!/bin/sh"), Arguments = { "x" } } },
                Some.Ping(),
            },
            RunAs = "deploy",
            Umask = 0x12,
            WorkingDirectory = "/tmp",
            Environment = { ["A"] = "1" },
            CleanEnvironment = true,
            Stdin = ByteString.CopyFromUtf8("in"),
            RunTimeoutMs = 5000,
            KillGraceMs = 100,
            Output = new OutputLimits { HeadBytes = 10, TailBytes = 20 },
            StopOnFailure = true,
        };

        var order = Read(Some.Start(Some.Task, spec), out var fault);

        fault.ShouldBeEmpty();
        var request = order.ShouldNotBeNull().Request;
        request.TaskId.ShouldBe("20261121-010203-7k3m.1");
        request.JobId.ShouldBe("20261121-010203-7k3m");
        request.Steps[0].ShouldBeOfType<StepRequest.Command>().Arguments.ShouldBe(["df", "-h"]);
        request.Steps[1].ShouldBeOfType<StepRequest.ShellLine>().Shell.ShouldBe("/bin/bash");
        request.Steps[2].ShouldBeOfType<StepRequest.Script>().Name.ShouldBe("a.sh");
        request.Steps[3].ShouldBeOfType<StepRequest.Builtin>().Name.ShouldBe("ping");
        request.Steps.ShouldAllBe(s => s.StandardInput!.Value.Length == 2);
        request.RunAs.ShouldBe("deploy");
        request.FileModeMask.ShouldBe(0x12U);
        request.WorkingDirectory.ShouldBe("/tmp");
        request.Environment["A"].ShouldBe("1");
        request.CleanEnvironment.ShouldBeTrue();
        request.RunTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        request.KillGrace.ShouldBe(TimeSpan.FromMilliseconds(100));
        request.Output.ShouldBe(new Fleet.Agent.Execution.OutputLimits(10, 20));
        request.StopAtFailure.ShouldBeTrue();
        order.StartWithin.ShouldBe(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void Who_follows_the_output_gets_more_of_its_beginning()
    {
        var spec = Some.Spec();
        spec.Output = new OutputLimits { HeadBytes = 10, TailBytes = 20 };
        var start = Some.Start(Some.Task, spec);
        start.StreamBytes = 100;
        var output = Read(start, out _).ShouldNotBeNull().Request.Output;
        (output.FirstBytes, output.IsOnlyForFollowers(9), output.IsOnlyForFollowers(10), output.IsOnlyForFollowers(99), output.IsOnlyForFollowers(100)).ShouldBe((100L, false, true, true, false));
        new Fleet.Agent.Execution.OutputLimits(10, 20).FirstBytes.ShouldBe(10);
        start.StreamBytes = ulong.MaxValue;
        Read(start, out _).ShouldNotBeNull().Request.Output.FirstBytes.ShouldBe(Limits.StreamedOutputBytes);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var request = Read(Some.Start(Some.Task, Some.Spec()), out _).ShouldNotBeNull().Request;
        request.RunAs.ShouldBeNull();
        request.FileModeMask.ShouldBeNull();
        request.WorkingDirectory.ShouldBeNull();
        request.Steps[0].StandardInput.ShouldBeNull();
        request.Output.ShouldBe(new Fleet.Agent.Execution.OutputLimits(Limits.DefaultKeptOutputBytes, Limits.DefaultKeptOutputBytes));
    }

    public static TheoryData<string, Action<TaskSpec>> Faults => new()
    {
        { "steps: 0 given", s => s.Steps.Clear() },
        { "steps: 65 given", s => s.Steps.Add(Enumerable.Repeat(Some.Ping(), 64)) },
        { "run_timeout_ms: 0", s => s.RunTimeoutMs = 0 },
        { "run_timeout_ms: -1", s => s.RunTimeoutMs = -1 },
        { "run_timeout_ms: 604800001", s => s.RunTimeoutMs = 604800001 },
        { "kill_grace_ms: -1", s => s.KillGraceMs = -1 },
        { "kill_grace_ms: 600001", s => s.KillGraceMs = 600001 },
        { "umask: 1000", s => s.Umask = 512 },
        { "output: a head of 16777217", s => s.Output = new OutputLimits { HeadBytes = 16777217 } },
        { "output: a head of 0 and a tail of 18446744073709551615", s => s.Output = new OutputLimits { TailBytes = ulong.MaxValue } },
        { "stdin: 1048577", s => s.Stdin = ByteString.CopyFrom(new byte[1048577]) },
        { "working_directory", s => s.WorkingDirectory = "tmp" },
        { "working_directory", s => s.WorkingDirectory = "/tmp\0/x" },
        { "working_directory", s => s.WorkingDirectory = "/" + new string('x', 5000) },
        { "run_as: this host does not allow", s => s.RunAs = "root" },
        { "run_as: a user", s => s.RunAs = "de\0ploy" },
        { "environment: \"A=B\"", s => s.Environment["A=B"] = "" },
        { "environment: \"\"", s => s.Environment[""] = "" },
        { "environment: the value of A", s => s.Environment["A"] = "\0" },
        { "environment: 1025", s => s.Environment.Add(Enumerable.Range(0, 1025).ToDictionary(i => $"V{i}", _ => "")) },
        { "step 2: it has no action", s => s.Steps.Add(new Step()) },
        { "step 2: argv: 0 words", s => s.Steps.Add(new Step { Argv = new Argv() }) },
        { "step 2: argv: 4097 words", s => s.Steps.Add(new Step { Argv = new Argv { Words = { Enumerable.Repeat("x", 4097) } } }) },
        { "step 2: argv: the program", s => s.Steps.Add(new Step { Argv = new Argv { Words = { "", "x" } } }) },
        { "step 2: argv: a word", s => s.Steps.Add(new Step { Argv = new Argv { Words = { "x", "\0" } } }) },
        { "step 2: shell: the line is empty", s => s.Steps.Add(Some.Shell("")) },
        { "step 2: shell: the line holds", s => s.Steps.Add(Some.Shell("a\0b")) },
        { "step 2: shell: an absolute path", s => s.Steps.Add(new Step { Shell = new ShellLine { Line = "x", Shell = "bash" } }) },
        { "step 2: script: 0 bytes", s => s.Steps.Add(new Step { Script = new Script { Name = "x" } }) },
        { "step 2: script: 2097153 bytes", s => s.Steps.Add(Script("x", new byte[2097153])) },
        { "step 2: script: its name", s => s.Steps.Add(Script("../x", [1])) },
        { "step 2: script: its name", s => s.Steps.Add(Script("..", [1])) },
        { "step 2: script: its name", s => s.Steps.Add(Script(new string('x', 256), [1])) },
        { "step 2: builtin: there is none", s => s.Steps.Add(new Step { Builtin = new Fleet.Protocol.V1.Builtin { Name = "reboot" } }) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_out_of_bounds_is_refused_by_name(string sentence, Action<TaskSpec> spoil)
    {
        var spec = Some.Spec();
        spoil(spec);
        Read(Some.Start(Some.Task, spec), out var fault).ShouldBeNull();
        fault.ShouldStartWith(sentence);
    }

    [Fact]
    public void The_digest_must_fit()
    {
        var start = Some.Start(Some.Task, Some.Spec());
        start.SpecSha256 = ByteString.CopyFrom(new byte[32]);
        Read(start, out var fault).ShouldBeNull();
        fault.ShouldContain("digest");
        start.SpecSha256 = ByteString.CopyFrom(new byte[31]);
        Read(start, out fault).ShouldBeNull();
        fault.ShouldContain("SHA-256");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void The_wait_for_a_turn_is_bounded(long milliseconds)
    {
        var start = Some.Start(Some.Task, Some.Spec());
        start.StartTimeoutMs = milliseconds;
        Read(start, out var fault).ShouldBeNull();
        fault.ShouldStartWith("start_timeout_ms");
    }

    [Fact]
    public void A_specification_too_large_is_not_even_read()
    {
        var start = Some.Start(Some.Task, Some.Spec());
        start.Spec = ByteString.CopyFrom(new byte[Limits.SpecBytes + 1]);
        Read(start, out var fault).ShouldBeNull();
        fault.ShouldStartWith("the specification has 3145729 bytes");
    }

    [Fact]
    public void A_field_that_only_a_later_version_knows_is_not_left_out_silently()
    {
        // Field 200, a number.
        var bytes = Some.Spec().ToByteArray().Concat(new byte[] { 0xC0, 0x0C, 1 }).ToArray();
        Read(WithSpec(bytes), out var fault).ShouldBeNull();
        fault.ShouldContain("update the agent");
    }

    [Fact]
    public void No_bytes_make_it_crash()
    {
        var random = new Random(5);
        var valid = Some.Spec(Some.Shell("echo"), Some.Ping()).ToByteArray();
        for (var round = 0; round < 5000; round++)
        {
            var bytes = (byte[])valid.Clone();
            for (var i = random.Next(1, 5); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Read(WithSpec(bytes), out _);
        }
    }

    private static Step Script(string name, byte[] content) => new() { Script = new Script { Name = name, Content = ByteString.CopyFrom(content) } };

    private static StartTask WithSpec(byte[] bytes)
    {
        var start = Some.Start(Some.Task, Some.Spec());
        start.Spec = ByteString.CopyFrom(bytes);
        start.SpecSha256 = ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData(bytes));
        return start;
    }

    private static TaskOrder? Read(StartTask start, out string fault) => new TaskOrderReader(s_policy).Read(Some.Task, start, out fault);
}
