using System.CommandLine;
using System.CommandLine.Parsing;
using Fleet.Protocol.Identity;

namespace Fleet.Cli.Options;

/// <summary>`--proxy` and `--proxy-password-file`: always explicit, since no variable of the environment names a proxy for Fleet.</summary>
internal sealed class ProxyOptions
{
    private readonly Option<string?> _proxy;
    private readonly Option<string?> _passwordFile = new("--proxy-password-file")
    {
        Description = "Read the proxy's password from the first line of this file.", HelpName = "FILE",
    };

    /// <param name="command">The command that gets them.</param>
    /// <param name="description">Of `--proxy`.</param>
    public ProxyOptions(Command command, string description)
    {
        _proxy = new Option<string?>("--proxy") { Description = description, HelpName = "URL" };
        command.Options.Add(_proxy);
        command.Options.Add(_passwordFile);
    }

    /// <summary>Whether either of them is given.</summary>
    public bool IsGiven(SymbolResult result) => result.GetResult(_proxy) is not null || result.GetResult(_passwordFile) is not null;

    /// <summary>The proxy; null where none is named.</summary>
    /// <exception cref="CommandFailure">The address or the password's file cannot be used.</exception>
    public ProxyAddress? Read(ParseResult parsed) => Read(parsed.GetValue(_proxy), parsed.GetValue(_passwordFile));

    /// <summary>The proxy of an address and a password's file; null where neither is named.</summary>
    /// <param name="text">The address.</param>
    /// <param name="passwordFile">The file.</param>
    public static ProxyAddress? Read(string? text, string? passwordFile) =>
        ProxyPasswordFile.TryReadOptions(text, passwordFile, out var proxy, out var error) ? proxy : throw CommandFailure.Usage(error);
}
