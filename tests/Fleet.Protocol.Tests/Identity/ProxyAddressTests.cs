using Fleet.Protocol.Identity;

namespace Fleet.Protocol.Tests.Identity;

public sealed class ProxyAddressTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("http://proxy:3128", ProxyKind.Http, "proxy", 3128, "", "", "http://proxy:3128")]
    [InlineData(" HTTP://proxy.example:3128/ ", ProxyKind.Http, "proxy.example", 3128, "", "", "http://proxy.example:3128")]
    [InlineData("socks5://10.0.0.1:1080", ProxyKind.Socks5, "10.0.0.1", 1080, "", "", "socks5://10.0.0.1:1080")]
    [InlineData("socks5h://[2001:db8::1]:1080", ProxyKind.Socks5, "2001:db8::1", 1080, "", "", "socks5://[2001:db8::1]:1080")]
    [InlineData("http://ann:secret@proxy:1", ProxyKind.Http, "proxy", 1, "ann", "secret", "http://ann@proxy:1")]
    [InlineData("http://ann@proxy:1", ProxyKind.Http, "proxy", 1, "ann", "", "http://ann@proxy:1")]
    [InlineData("http://a%40b:p%3A%2F%25@proxy:1", ProxyKind.Http, "proxy", 1, "a@b", "p:/%", "http://a%40b@proxy:1")]
    [InlineData("http://ann:p@ss/wo:rd@proxy:1", ProxyKind.Http, "proxy", 1, "ann", "p@ss/wo:rd", "http://ann@proxy:1")]
    public void What_is_written_is_read_and_shown_without_the_password(
        string text, ProxyKind kind, string host, int port, string user, string password, string shown)
    {
        ProxyAddress.TryParse(text, out var address, out var error).ShouldBeTrue(error);

        address.ShouldBe(new ProxyAddress(kind, host, port, user, password));
        address.ToString().ShouldBe(shown);
        $"{address}".ShouldBe(shown);
        address.ToUri().UserInfo.ShouldBeEmpty();
        foreach (var whole in new[] { address.ToSecretText(), address.ToCurlText() })
        {
            ProxyAddress.TryParse(whole, out var again, out _).ShouldBeTrue(whole);
            again.ShouldBe(address);
        }
    }

    [Theory]
    [InlineData("", "begins with http:// or socks5://")]
    [InlineData("proxy:3128", "begins with http:// or socks5://")]
    [InlineData("socks4://proxy:1080", "begins with http:// or socks5://")]
    [InlineData("https://ann:hunter2@proxy:443", "reached over TLS")]
    [InlineData("http://ann:hunter2@proxy", "port is missing")]
    [InlineData("http://ann:hunter2@[2001:db8::1]", "port is missing")]
    [InlineData("http://ann:hunter2", "not a number from 1 to 65535")]
    [InlineData("http://ann:hunter2@proxy:0", "not a number from 1 to 65535")]
    [InlineData("http://ann:hunter2@proxy:65536", "not a number from 1 to 65535")]
    [InlineData("http://ann:hunter2@:3128", "neither a name nor an address")]
    [InlineData("http://ann:hunter2@pro xy:3128", "neither a name nor an address")]
    [InlineData("http://ann:hunter2@2001:db8::1:3128", "neither a name nor an address")]
    [InlineData("http://ann:hunter2@[proxy]:3128", "neither a name nor an address")]
    [InlineData("http://proxy:3128/path", "not a number from 1 to 65535")]
    [InlineData("http://:hunter2@proxy:3128", "user name is empty")]
    [InlineData("http://a%3Ab:hunter2@proxy:3128", "holds a colon")]
    [InlineData("http://ann:hunter2%0A@proxy:3128", "control character")]
    public void What_is_none_is_refused_with_what_may_be_written_and_never_repeated(string text, string why)
    {
        ProxyAddress.TryParse(text, out _, out var error).ShouldBeFalse();

        error.ShouldNotBeNull().ShouldContain(why);
        error.ShouldNotContain("hunter2");
        if (!why.Contains("colon") && !why.Contains("control"))
            error.ShouldContain(ProxyAddress.Forms);
    }

    [Fact]
    public void Nothing_that_a_shell_or_curls_configuration_acts_on_is_left_in_the_text_for_them()
    {
        var every = string.Concat(Enumerable.Range(0x20, 0x5f).Select(code => (char)code));
        var text = new ProxyAddress(ProxyKind.Socks5, "proxy", 1, every.Replace(":", "", StringComparison.Ordinal), every + "\u00e4").ToCurlText();

        text.ShouldStartWith("socks5h://");
        text.ShouldMatch("^[A-Za-z0-9._:/@%-]+$");
        ProxyAddress.TryParse(text, out var again, out _).ShouldBeTrue();
        again!.Password.ShouldBe(every + "\u00e4");
    }

    [Fact]
    public void Longer_than_SOCKS5_can_carry_is_refused() =>
        ProxyAddress.TryParse($"socks5://ann:{new string('x', 256)}@proxy:1", out _, out var error).ShouldBeFalse(error);

    [Theory]
    [InlineData("hunter2\n", "hunter2")]
    [InlineData("hunter2", "hunter2")]
    [InlineData("p@ss:w%rd\r\nsecond line\n", "p@ss:w%rd")]
    public void A_password_can_come_from_the_first_line_of_a_file(string content, string password)
    {
        File.WriteAllText(_file, content);

        ProxyPasswordFile.TryReadOptions("http://ann@proxy:1", _file, out var proxy, out var error).ShouldBeTrue(error);

        proxy!.Password.ShouldBe(password);
    }

    [Fact]
    public void A_password_that_cannot_be_used_is_refused()
    {
        File.WriteAllText(_file, "\n");
        Refusal("http://ann@proxy:1", _file).ShouldContain("first line is empty");
        File.WriteAllText(_file, new string('x', 4096));
        Refusal("http://ann@proxy:1", _file).ShouldContain("longer than 255 bytes");
        File.WriteAllText(_file, "hunter2\n");
        Refusal("http://proxy:1", _file).ShouldContain("no user name: give http://USER@HOST:PORT");
        Refusal("http://ann@proxy:1", "/nowhere/password").ShouldContain("/nowhere/password");
        Refusal(null, _file).ShouldContain("no proxy");
        Refusal("proxy", null).ShouldStartWith("--proxy: ");
        ProxyPasswordFile.TryReadOptions(null, null, out var none, out _).ShouldBeTrue();
        none.ShouldBeNull();
    }

    private static string Refusal(string? text, string? path)
    {
        ProxyPasswordFile.TryReadOptions(text, path, out _, out var error).ShouldBeFalse();
        error.ShouldNotContain("hunter2");
        return error!;
    }
}
