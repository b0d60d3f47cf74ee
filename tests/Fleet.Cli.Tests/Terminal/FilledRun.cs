using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Cli.Connection;
using Fleet.Cli.Contexts;
using Fleet.Cli.Interrupt;
using Fleet.Cli.Output;
using Fleet.Protocol.Identity;
using Fleet.Protocol.Units;
using Grpc.Core;

namespace Fleet.Cli.Tests.Terminal;

/// <summary>Runs command lines as Program does, against a <see cref="FilledController"/>.</summary>
internal sealed class FilledRun : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-").FullName;
    private readonly X509Certificate2 _certificate = NewCertificate();

    /// <summary>Every command that asks the controller, in every form in which it shows something.</summary>
    public static IReadOnlyList<string> CommandLines { get; } =
    [
        "exec * -c true", "exec * -c true --no-group", "exec * -c true --stream", "exec * -c true --json", "exec * -c true --json --stream", "exec * -c true --diff --similar",
        "exec * -c true --errors-only", "exec * -c true --quiet", "exec * -c true --detach", "ping *",
        "jobs list", "jobs list --json", "jobs show last", "jobs show last --tasks", "jobs show last --no-group", "jobs show last --json", "jobs watch last", "jobs watch last --stream",
        "jobs watch last --json --stream", "jobs cancel last", "jobs retry last", "jobs retry last --detach",
        "grep x * -f /a", "grep x * -f /a --count", "grep x * -f /a --histogram", "grep x * -f /a --cluster", "grep x * -f /a --json", "grep x * -f /a --detach",
        "tail * -f /a", "tail * -f /a --json",
        "hits", "hits --cluster", "hits --json",
        "scan list", "scan list --json", "scan list --channels", "scan list --channels --json", "scan show a", "scan show a --json", "scan run a", "scan pause a", "scan resume a", "scan delete a -y",
        "alerts", "alerts list", "alerts list --json", "alerts show a", "alerts show a --json", "alerts ack a", "alerts silence --scan a --for 1h", "alerts silences", "alerts silences --json",
        "alerts unsilence a", "alerts test a",
        "agents list", "agents list --json", "agents list --names", "agents show a", "agents show a --json", "agents label * --set a=b", "agents remove * -y", "agents clear-duplicate * -y", "agents explain a *", "agents artifacts",
        "token create", "token create --install", "token create --operator viewer", "token list", "token list --all", "token list --json", "token revoke a",
        "operators whoami", "operators list", "operators list --json", "operators revoke a",
        "controller status", "controller log-level debug", "version --controller",
    ];

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    public static bool IsSearch(string commandLine, int turn) => commandLine.StartsWith("grep", StringComparison.Ordinal) || (commandLine.StartsWith("jobs", StringComparison.Ordinal) && turn % 2 == 1);

    /// <summary>As Program does it.</summary>
    public async Task RunAsync(Screen screen, string commandLine, FilledController controller)
    {
        using var ctrlC = new CtrlC();
        var context = Context(screen, ctrlC, controller);
        var parsed = CommandTree.Create(context).Parse(commandLine.Split(' '));
        parsed.Errors.ShouldBeEmpty(commandLine);
        try
        {
            await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = screen.Writer }, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (CommandFailure failure)
        {
            screen.Fail(failure.Message);
        }
        catch (FleetFormatException malformed)
        {
            screen.Fail($"this cannot be read:\n{malformed.Render()}");
        }
        catch (RpcException failure)
        {
            screen.Fail(CallFailures.Explain(failure, "127.0.0.1:7443", null).Message);
        }
    }

    public CommandContext Context(Screen screen, CtrlC ctrlC, CallInvoker calls) =>
        new(screen, new ContextStore(_directory), CommandTree.ContextOption(), TimeProvider.System, ctrlC, null)
        {
            Open = (_, _, _) => new FleetClient(
                calls, new PinnedTrust(_certificate), new FleetContext("test", "127.0.0.1:7443", "admin", "admin"), new IdentityFiles(_directory), new X509Certificate2(_certificate)),
        };

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }
}
