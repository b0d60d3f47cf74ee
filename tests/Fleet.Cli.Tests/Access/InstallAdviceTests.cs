using Fleet.Cli.Access;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Tests.Access;

public sealed class InstallAdviceTests
{
    private const string Token = "fleet1.a.7k3m.c2VjcmV0.ZmluZ2VycHJpbnQ";

    [Fact]
    public async Task The_line_pins_the_controllers_key_and_names_the_address_that_it_advertises()
    {
        var text = await WriteAsync("127.0.0.1:7443", Reply("fleet.example:7443"));

        text.ShouldStartWith(
            "(curl -fsSk --noproxy '*' --pinnedpubkey 'sha256//BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=' https://fleet.example:7443/install.sh "
            + $@"|| printf '\nexit 1\n') | sudo sh -s -- --token {Token}" + "\n");
        text.ShouldContain("valid for 3 host(s)");
        text.ShouldContain("installs agent 0.1.0");
        text.ShouldContain("hosts need curl");
    }

    [Fact]
    public async Task The_line_in_the_document_is_the_one_that_is_printed()
    {
        var line = (await WriteAsync("127.0.0.1:7443", Reply("fleet.example.org:7443"))).Split('\n')[0];

        // Only pin and token are shortened there.
        File.ReadAllLines(Repository.At("docs", "install.md"))
            .ShouldContain(line.Replace("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "...", StringComparison.Ordinal).Replace(Token, "fleet1.a...", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_line_through_a_proxy_is_in_the_document_too()
    {
        var line = (await WriteAsync("127.0.0.1:7443", Reply("fleet.example.org:7443"), new ProxyAddress(ProxyKind.Http, "proxy.example.org", 3128))).Split('\n')[0];

        File.ReadAllLines(Repository.At("docs", "install.md"))
            .ShouldContain(line.Replace("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "...", StringComparison.Ordinal).Replace(Token, "fleet1.a...", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_controller_advertises_nothing_the_operators_own_address_is_used() =>
        (await WriteAsync("10.1.2.3:8443", Reply(""))).ShouldContain(" https://10.1.2.3:8443/install.sh || ");

    [Fact]
    public async Task A_loopback_address_is_said_to_lead_nowhere() =>
        (await WriteAsync("localhost:7443", Reply(""))).ShouldContain("set advertise on the controller");

    [Fact]
    public async Task An_earlier_controller_is_said_to_be_one() =>
        (await Should.ThrowAsync<CommandFailure>(() => WriteAsync("fleet.example", new CreateTokenReply { Secret = Token })))
            .ExitCode.ShouldBe(ExitCode.NoController);

    [Fact]
    public void Architectures_are_named_with_the_versions_that_they_get()
    {
        var place = new Installation { AgentVersion = "0.1.0" };
        InstallAdvice.Agents(place).ShouldBe("0.1.0 on Linux hosts (x86_64, systemd)");
        place.Agents.Add(new InstallationAgent { Architecture = "x86_64", Version = "0.1.0" });
        place.Agents.Add(new InstallationAgent { Architecture = "aarch64", Version = "0.1.0" });
        InstallAdvice.Agents(place).ShouldBe("0.1.0 on Linux hosts (x86_64, aarch64, systemd)");
        place.Agents[1].Version = "0.0.9";
        InstallAdvice.Agents(place).ShouldBe("0.1.0 on Linux hosts (x86_64, systemd) and 0.0.9 on Linux hosts (aarch64, systemd)");
    }

    private static CreateTokenReply Reply(string address) => new()
    {
        Token = new Token { Id = "t-7k3m", MaxUses = 3, ExpiresMs = 1_800_000_000_000 },
        Secret = Token,
        Installation = new Installation { Address = address, KeySha256 = ByteString.CopyFrom(Enumerable.Repeat((byte)7, 32).ToArray()), AgentVersion = "0.1.0" },
    };

    private static async Task<string> WriteAsync(string usual, CreateTokenReply reply, ProxyAddress? proxy = null)
    {
        var (screen, text) = Some.Screen();
        await InstallAdvice.WriteAsync(screen, usual, proxy, reply).WaitAsync(TimeSpan.FromSeconds(10));
        return text.ToString();
    }
}
