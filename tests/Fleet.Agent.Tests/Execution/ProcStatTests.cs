using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Tests.Execution;

public sealed class ProcStatTests
{
    private const string Fields =
        "S 11 22 33 0 -1 4194560 84 0 0 0 1 2 0 0 20 0 5 0 987654 "
        + "2461696 256 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n";

    [Theory]
    [InlineData("cat")]
    [InlineData("")]
    [InlineData(") R 1 2 3")]
    [InlineData("((a) b)")]
    [InlineData("two words\nand lines")]
    public void Names_may_hold_anything(string name)
    {
        ProcStat.TryParse(Encoding.UTF8.GetBytes($"4242 ({name}) {Fields}"), out var stat).ShouldBeTrue();
        stat.ShouldBe(new ProcStat(4242, (byte)'S', 11, 22, 33, 5, 987654));
    }

    [Fact]
    public void Any_name_parses_and_any_cut_is_refused_without_harm()
    {
        var names = Gen.Choose(0, 255).Select(value => (byte)value).ListOf(15);
        Prop.ForAll(names.ToArbitrary(), name =>
            {
                byte[] line = [.. "77 ("u8, .. name, .. ") "u8, .. Encoding.ASCII.GetBytes(Fields)];
                var whole = ProcStat.TryParse(line, out var stat) && stat is { Pid: 77, Session: 33, StartTicks: 987654 };

                // Cut anywhere it must not throw, and claim nothing before the start time is there in full.
                var needed = line.AsSpan().IndexOf(" 987654"u8) + " 987654".Length;
                var cuts = Enumerable.Range(0, line.Length)
                    .All(length => !ProcStat.TryParse(line.AsSpan(0, length), out var cut) || length >= needed - 5 || cut.Pid != 77);
                return whole && cuts;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void Noise_is_refused()
    {
        Prop.ForAll(Gen.Choose(0, 255).Select(value => (byte)value).ListOf().ToArbitrary(), noise =>
            {
                _ = ProcStat.TryParse([.. noise], out _); // Whatever it says, it neither throws nor hangs.
                return !ProcStat.TryParse([.. noise.Where(value => value != ')')], out _);
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Our_own_line_makes_sense()
    {
        ProcessTable.TryRead(Environment.ProcessId, out var own).ShouldBeTrue();
        own.Pid.ShouldBe(Environment.ProcessId);
        own.IsAlive.ShouldBeTrue();
        own.StartTicks.ShouldBeGreaterThan(0);
        ProcessTable.TryRead(int.MaxValue, out _).ShouldBeFalse();
    }
}
