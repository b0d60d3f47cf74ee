namespace Fleet.Cli.Install;

/// <summary>Makes one host an agent: 1. the installation over ssh, 2. what came of it, 3. labels of an agent that was there before, 4. the agent's link, as the controller sees it.</summary>
internal sealed class HostInstaller(InstallOptions options, InstallToken token, LabelUpkeep labels, LinkWatch links, TimeProvider time)
{
    /// <summary>Installs; every failure is an outcome.</summary>
    /// <param name="target">The host.</param>
    /// <param name="cancellationToken">The whole is over, or Ctrl-C was pressed.</param>
    public async Task<InstallOutcome> InstallAsync(InstallTarget target, CancellationToken cancellationToken)
    {
        using var timeUp = new CancellationTokenSource(options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, cancellationToken);
        try
        {
            var answer = await SshProcess.RunAsync(SshArguments.Of(target, options.ConnectTimeout, options.SshOptions), Script(target), stop.Token);
            // Ctrl-C at a terminal reaches ssh too: what it then says is not the host's doing.
            cancellationToken.ThrowIfCancellationRequested();
            var outcome = AnswerReader.Read(target, answer);
            if (!outcome.IsGood || outcome.Agent is not { } agent)
                return outcome;
            if (outcome.Kind == InstallKind.AlreadyEnrolled)
                outcome = await labels.ApplyAsync(outcome, agent, options.LabelsOf(target), stop.Token);
            if (!outcome.IsGood)
                return outcome;
            return await links.WaitAsync(agent, options.LinkTimeout, stop.Token) is { } fault
                ? outcome with { Kind = InstallKind.Disconnected, Reason = fault }
                : outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new InstallOutcome(InstallKind.NotAttempted, "interrupted while it was being installed; the result is unknown");
        }
        catch (OperationCanceledException)
        {
            return new InstallOutcome(InstallKind.TimedOut, "the result is unknown: run it again");
        }
    }

    private string Script(InstallTarget target)
    {
        List<string> words = ["--token", token.Secret];
        foreach (var label in options.LabelsOf(target))
            words.AddRange(["--label", label]);
        if (options.Replace)
            words.Add("--replace");
        return RemoteScript.Compose(token.Address, token.KeyHash, words, options.Proxy);
    }
}
