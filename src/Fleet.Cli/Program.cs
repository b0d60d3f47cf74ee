using System.CommandLine;
using Fleet.Cli;
using Fleet.Cli.Connection;
using Fleet.Cli.Contexts;
using Fleet.Cli.Interrupt;
using Fleet.Cli.Output;
using Fleet.LogSearch;
using Fleet.Protocol.Identity;
using Fleet.Protocol.Units;
using Grpc.Core;

SystemTrustStore.LeaveOut();

// What stands after "--" is the operator's, word for word; the rest is parsed.
var split = Array.IndexOf(args, "--");
var ours = split < 0 ? args : args[..split];
string[]? words = split < 0 ? null : args[(split + 1)..];

var screen = Screen.OfProcess(ours.Contains("--no-color"));
using var ctrlC = new CtrlC();
var context = new CommandContext(screen, ContextStore.OfUser(), CommandTree.ContextOption(), TimeProvider.System, ctrlC, words);
var parsed = CommandTree.Parse(CommandTree.Create(context), ours);
if (!ours.Any(a => a.StartsWith("[suggest", StringComparison.Ordinal)) && CommandLineErrors.Of(parsed) is { Count: > 0 } errors)
{
    foreach (var error in errors)
        screen.Fail(error);
    screen.Note($"see: {CommandLineErrors.PathOf(parsed.CommandResult)} --help");
    return ExitCode.BadUsage;
}

try
{
    var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = screen.Writer }, ctrlC.Pressed);
    await context.KeepIdentityFreshAsync(parsed);
    return exitCode;
}
catch (CommandFailure failure)
{
    screen.Fail(failure.Message);
    return failure.ExitCode;
}
catch (FleetFormatException malformed)
{
    screen.Fail($"this cannot be read:\n{malformed.Render()}");
    return ExitCode.BadUsage;
}
catch (LogQueryException malformed)
{
    screen.Fail(malformed.Message);
    return ExitCode.BadUsage;
}
catch (RpcException failure) when (failure.StatusCode == StatusCode.Cancelled && ctrlC.Pressed.IsCancellationRequested)
{
    return ExitCode.Interrupted;
}
catch (RpcException failure)
{
    var explained = CallFailures.Explain(failure, context.Opened?.Context.Controller ?? "?", context.Opened?.Trust);
    screen.Fail(explained.Message);
    return explained.ExitCode;
}
catch (OperationCanceledException) when (ctrlC.Pressed.IsCancellationRequested)
{
    return ExitCode.Interrupted;
}
catch (OutputClosedException)
{
    // fleet ... | head: all that was wanted has been read.
    return ExitCode.Success;
}
catch (IOException failure)
{
    screen.Fail(failure.Message);
    return ExitCode.BadUsage;
}
finally
{
    screen.Writer.Flush();
}
