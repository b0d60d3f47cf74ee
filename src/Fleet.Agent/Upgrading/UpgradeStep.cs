using System.Security.Cryptography;
using System.Text;
using Fleet.Agent.Execution;
using Fleet.Agent.Facts;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;

namespace Fleet.Agent.Upgrading;

/// <summary>
/// An upgrade as a step of a task:
/// 1. would this host start its agent again?
/// 2. fetch the artifact, check its digest, unpack it;
/// 3. is it for this architecture, does it run here, and is it what it is said to be?
/// 4. take no more tasks, wait for the others;
/// 5. put it on trial, hand the task over to the next process, and end this one.
/// Up to the last step nothing has changed; what follows it, the task's end included, is up to <see cref="UpgradeRecords"/>.
/// </summary>
internal sealed class UpgradeStep(TaskId task, UpgradeOrder order, UpgradeParts parts)
{
    /// <summary>The work, for the executor.</summary>
    public async ValueTask<InProcessEnd> RunAsync(InProcessContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await UpgradeAsync(context, cancellationToken);
        }
        catch (UpgradeException e)
        {
            // How the task ends is said by the desk's note; the exception only ends the step.
            parts.Desk.NoteGivenUp(task, e.Message);
            TidyUp();
            throw;
        }
    }

    private async Task<InProcessEnd> UpgradeAsync(InProcessContext context, CancellationToken cancellationToken)
    {
        var shelf = parts.Shelf;
        var id = VersionStore.Id(order.Version, order.Sha256);

        // 1.
        TryCreateShelf();
        var supervision = new Supervision(parts.Programs);
        var unit = await supervision.CheckAsync(cancellationToken);

        // 2.
        var part = shelf.Part(order.Sha256);
        shelf.Prune(await ReadSelectionAsync(cancellationToken), part);
        var resumed = await new ArtifactFetch(parts.Route, context.Time).FetchAsync(order, part, cancellationToken);
        var program = shelf.Prepare(id);
        await ArtifactUnpacker.UnpackAsync(part, program, cancellationToken);
        File.Delete(part);
        await SayAsync($"fetched {order.Version}, {order.Bytes} bytes, as ordered{(resumed == 0 ? "" : $"; resumed {resumed} {(resumed == 1 ? "time" : "times")} after a disconnect")}");

        // 3.
        await ProgramHeader.InsistAsync(program, Architectures.OfHost, cancellationToken);
        await SelfCheck.InsistAsync(parts.Programs, program, order.Version, parts.RunWords, cancellationToken);
        if (await AreEqualAsync(program, Environment.ProcessPath!, cancellationToken))
        {
            await SayAsync($"this very program runs already, as {AgentVersion.Text}; nothing was changed");
            return new InProcessEnd(0);
        }

        // 4.
        var waited = parts.Desk.OthersThan(task);
        if (waited > 0)
            await SayAsync($"waiting for {waited} other {(waited == 1 ? "task" : "tasks")}");
        var left = await parts.Desk.DrainAsync(task, order.DrainLimit, cancellationToken);
        try
        {
            if (left > 0)
                await SayAsync($"{left} other {(left == 1 ? "task does" : "tasks do")} not end in time and {(left == 1 ? "is" : "are")} interrupted");

            // 5.
            await supervision.ForgetStartsAsync(unit, cancellationToken);
            await SayAsync($"starting again as {order.Version}; {AgentVersion.Text} is kept");
            await HandOverAsync(id);
        }
        catch
        {
            // Whatever it is, a cancel above all: this process goes on, and the host's other tasks have their turn again.
            parts.Desk.BeginAgain();
            throw;
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken);
        return default;

        ValueTask SayAsync(string line) => context.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private async Task HandOverAsync(string id)
    {
        // From here on a cancel comes too late; one that came before wins.
        if (!parts.Desk.TryHandOver(task))
            throw new UpgradeException("the task was ended before the new version could be started");
        try
        {
            var trial = new Trial(id, order.Version, AgentVersion.Text, task, order.HealthTimeout, 0);
            var stamp = parts.Installed.Stamp();
            var selection = await parts.File.ChangeAsync(s => s.Trial is null ? s.Begin(trial, stamp) : null, CancellationToken.None);
            if (selection.Trial != trial)
                throw new IOException("this version is on trial itself");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            parts.Desk.TakeBack(task);
            throw new UpgradeException($"the trial cannot be recorded: {e.Message}");
        }

        parts.Restart();
    }

    /// <summary>Nothing of an upgrade that failed takes up the host's disk, which may be full for that reason.</summary>
    private void TidyUp()
    {
        try
        {
            parts.Shelf.Prune(parts.File.Read(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // The next upgrade looks again.
        }
    }

    private async Task<Selection> ReadSelectionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await parts.File.ChangeAsync(_ => null, cancellationToken);
        }
        catch (InvalidDataException)
        {
            // Nobody can know what it was: it is begun anew, and the installed program is what the host falls back to.
            File.Delete(parts.File.Path);
            return Selection.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpgradeException($"{parts.Shelf.Directory} cannot be used: {e.Message}");
        }
    }

    private void TryCreateShelf()
    {
        try
        {
            parts.Shelf.Create();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpgradeException($"the directory of versions cannot be created: {e.Message}");
        }
    }

    private static async Task<bool> AreEqualAsync(string one, string other, CancellationToken cancellationToken)
    {
        // The other one may be gone: a package that is newer than this process.
        if (!File.Exists(other) || new FileInfo(one).Length != new FileInfo(other).Length)
            return false;
        await using var first = File.OpenRead(one);
        await using var second = File.OpenRead(other);
        var digest = await SHA256.HashDataAsync(first, cancellationToken);
        var otherDigest = await SHA256.HashDataAsync(second, cancellationToken);
        return digest.AsSpan().SequenceEqual(otherDigest);
    }
}
