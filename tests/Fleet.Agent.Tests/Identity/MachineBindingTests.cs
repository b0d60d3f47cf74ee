using Fleet.Agent.Facts;
using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Tests.Identity;

public sealed class MachineBindingTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void The_machine_id_is_not_told_and_every_machine_has_another_hash()
    {
        var first = HashOf("0123456789abcdef0123456789abcdef");

        first.Length.ShouldBe(32);
        first.ShouldNotContain("0123456789abcdef");
        HashOf("0123456789abcdef0123456789abcdef\n").ShouldBe(first);
        HashOf("1123456789abcdef0123456789abcdef").ShouldNotBe(first);
    }

    [Theory]
    [InlineData("")]
    [InlineData("uninitialized")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF0")]
    public void A_machine_id_that_is_none_says_nothing(string text) => HashOf(text).ShouldBeEmpty();

    [Theory]
    [InlineData(".dockerenv")]
    [InlineData("run/.containerenv")]
    public void In_an_application_container_the_machine_id_says_nothing(string mark)
    {
        Write(mark, "");
        HashOf("0123456789abcdef0123456789abcdef").ShouldBeEmpty();
    }

    [Fact]
    public void An_old_machine_id_of_dbus_does_where_there_is_no_other()
    {
        Write("var/lib/dbus/machine-id", "0123456789abcdef0123456789abcdef");
        MachineId.Hash(new HostFiles(_root.Path)).Length.ShouldBe(32);
    }

    [Fact]
    public void An_identity_starts_only_on_the_machine_that_it_was_made_for()
    {
        var state = Enrolled("m1");

        new MachineBinding(state, "m1").TryBind(out _).ShouldBeTrue();
        new MachineBinding(state, "").TryBind(out _).ShouldBeTrue("a host without machine id is not locked out");
        new MachineBinding(state, "m2").TryBind(out var fault).ShouldBeFalse();
        fault.ShouldContain("copied from another machine");
        fault.ShouldContain("enroll this host again");
        fault.ShouldContain("accept-machine");

        new MachineBinding(state, "m2").Accept()!.Name.ShouldBe("web1");
        new MachineBinding(state, "m2").TryBind(out _).ShouldBeTrue();
        new MachineBinding(state, "m1").TryBind(out _).ShouldBeFalse();
    }

    [Fact]
    public void An_identity_from_before_there_were_bindings_is_bound_where_it_starts_first()
    {
        var state = Enrolled("");

        new MachineBinding(state, "").TryBind(out _).ShouldBeTrue();
        new EnrollmentFile(state.Path).Read()!.Machine.ShouldBeEmpty();
        new MachineBinding(state, "m1").TryBind(out _).ShouldBeTrue();
        new EnrollmentFile(state.Path).Read()!.Machine.ShouldBe("m1");
    }

    private StateDirectory Enrolled(string machine)
    {
        var state = new StateDirectory(Path.Combine(_root.Path, "state"));
        state.Create();
        new EnrollmentFile(state.Path).Write(new Enrollment("e", new ControllerAddress("fleet.example", 7443), AgentId.New(), "web1", machine));
        return state;
    }

    private string HashOf(string text)
    {
        Write("etc/machine-id", text);
        return MachineId.Hash(new HostFiles(_root.Path));
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_root.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
