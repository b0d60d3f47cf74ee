using System.CommandLine;
using Fleet.Cli.Contexts;
using Fleet.Cli.Interrupt;
using Fleet.Protocol.Identity;

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
    public void A_proxy_is_kept_with_its_password_for_the_owner_alone_and_shown_without_it()
    {
        var store = new ContextStore(_root);
        store.Save(new FleetContext("far", "c1:7443", "ann", "admin", "http://ann:hunter2@proxy:3128"));
        store.Save(new FleetContext("near", "c2:7443", "ann", "admin"));
        File.ReadAllText(Path.Combine(_root, "near", "context.json")).ShouldNotContain("proxy");
        File.GetUnixFileMode(Path.Combine(_root, "far", "context.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        store.Select("far").ReadProxy().ShouldBe(new ProxyAddress(ProxyKind.Http, "proxy", 3128, "ann", "hunter2"));
        store.Select("far").ToString().ShouldNotContain("hunter2");

        var listed = Run("context", "list");
        listed.ShouldContain("http://ann@proxy:3128");
        listed.ShouldNotContain("hunter2");

        Run("context", "proxy", "socks5://bob:hunter3@proxy:1080").ShouldBe("fleet: context \"near\" connects to c2:7443 through the proxy socks5://bob@proxy:1080\n");
        store.Select("near").ReadProxy()!.Password.ShouldBe("hunter3");
        Run("context", "proxy", "none", "--context", "far").ShouldBe("fleet: context \"far\" connects to c1:7443 without a proxy\n");
        store.Select("far").ReadProxy().ShouldBeNull();
        store.Current.ShouldBe("near");
        Should.Throw<CommandFailure>(() => Run("context", "proxy", "bob:hunter3@proxy")).Message.ShouldNotContain("hunter3");
    }

    [Fact]
    public void A_proxy_that_was_written_by_hand_and_is_none_is_said_with_the_mend()
    {
        var store = new ContextStore(_root);
        store.Save(new FleetContext("far", "c1:7443", "ann", "admin", "ann:hunter2@proxy"));
        var said = Should.Throw<CommandFailure>(() => store.Select("far").ReadProxy()).Message;
        said.ShouldContain("fleet context proxy URL --context far");
        said.ShouldNotContain("hunter2");
    }

    private string Run(params string[] words)
    {
        var (screen, text) = Some.Screen();
        using var ctrlC = new CtrlC();
        var context = new CommandContext(screen, new ContextStore(_root), CommandTree.ContextOption(), TimeProvider.System, ctrlC, null);
        CommandTree.Create(context).Parse(words).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ShouldBe(0);
        return text.ToString();
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
