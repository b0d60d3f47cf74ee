using Fleet.Cli.Contexts;

namespace Fleet.Cli.Tests.Contexts;

public sealed class Contexts_on_disk : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fleet-contexts-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_last_one_saved_is_in_use_until_another_is_chosen()
    {
        var store = new ContextStore(_root);
        store.Save(new FleetContext("prod", "c1:7443", "ann", "admin"));
        store.Save(new FleetContext("test", "c2:7443", "ann", "viewer"));
        store.Select(null).Controller.ShouldBe("c2:7443");
        store.Use("prod");
        store.Select(null).Role.ShouldBe("admin");
        store.Select("test").Role.ShouldBe("viewer");
        store.List().Select(c => c.Name).ShouldBe(["prod", "test"]);
        (File.GetUnixFileMode(Path.Combine(_root, "prod", "context.json")) & UnixFileMode.OtherRead).ShouldBe(UnixFileMode.None);
    }

    [Fact]
    public void Nobody_logged_in_a_wrong_name_and_a_damaged_file_are_said_with_the_mend()
    {
        var store = new ContextStore(_root);
        Should.Throw<CommandFailure>(() => store.Select(null)).Message.ShouldContain("fleet login");
        Should.Throw<CommandFailure>(() => store.Select("../evil")).ExitCode.ShouldBe(2);
        store.Save(new FleetContext("prod", "c1:7443", "ann", "admin"));
        File.WriteAllText(Path.Combine(_root, "prod", "context.json"), "{");
        var damaged = Should.Throw<CommandFailure>(() => store.Select("prod")).Message;
        damaged.ShouldContain("context.json is damaged in line 1");
        damaged.ShouldContain("log in again: fleet login --context prod");
        damaged.ShouldNotContain("BytePosition");
    }
}
