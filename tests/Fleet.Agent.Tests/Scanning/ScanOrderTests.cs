using Fleet.Agent.Scanning.Orders;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Tests.Scanning;

public sealed class ScanOrderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void A_bad_order_is_refused_alone_with_the_reason()
    {
        var good = ScanBench.Order("/var/log/app.log", "good");
        (string Fault, Action<ScanOrder> Spoil)[] bad =
        [
            ("a letter or digit first", order => order.Name = "../etc"),
            ("0 sources", order => order.Sources.Clear()),
            ("absolute path", order => order.Sources[0].Files.Path = "app.log"),
            ("absolute path", order => order.Sources[0].Files.Path = "/var/log/a\nb"),
            ("a kind that this version", order => order.Sources[0] = new LogSource()),
            ("no pattern", order => order.Patterns.Clear()),
            ("1 to 4096 characters", order => order.Patterns[0].Pattern.Text = ""),
            ("not a regular expression", order => order.Patterns[0].Pattern.Text = "(a"),
            ("linear time", order => order.Patterns[0].Pattern.Text = @"(a)\1"),
            ("is empty", order => order.Patterns[0].Pattern = null),
            ("no comparison", order => order.JsonFields.Add("level")),
            ("interval", order => order.EveryMs = 10),
            ("first_run_lines", order => order.FirstRunLines = 2_000_000),
        ];
        var set = new ScanSet { Digest = "d", Scans = { good } };
        foreach (var (_, spoil) in bad)
        {
            var order = ScanBench.Order("/var/log/app.log", $"bad{set.Scans.Count}");
            spoil(order);
            set.Scans.Add(order);
        }

        set.Scans.Add(ScanBench.Order("/var/log/app.log", "good"));
        var plan = new ScanSetReader(500).Read(set, out _).ShouldNotBeNull();

        plan.Scans.ShouldHaveSingleItem().Name.ShouldBe("good");
        plan.Refused.Count.ShouldBe(bad.Length + 1);
        for (var i = 0; i < bad.Length; i++)
            plan.Refused[i].Fault.ShouldContain(bad[i].Fault);
        plan.Refused[^1].Fault.ShouldContain("same name");
    }

    [Fact]
    public void A_set_is_kept_for_its_owner_alone_and_a_damaged_one_is_none()
    {
        var path = Path.Combine(_directory.Path, "set");
        var file = new ScanSetFile(path);
        file.Read().ShouldBeNull();
        var set = new ScanSet { Digest = "d", Scans = { ScanBench.Order("/var/log/app.log") } };
        file.Write(set);
        file.Write(set);

        file.Read().ShouldBe(set);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        file.Read().ShouldBeNull();
        File.WriteAllBytes(path, []);
        file.Read().ShouldBeNull();
    }

    public void Dispose() => _directory.Dispose();
}
