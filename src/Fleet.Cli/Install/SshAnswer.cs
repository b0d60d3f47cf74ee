namespace Fleet.Cli.Install;

/// <summary>What came back over ssh.</summary>
/// <param name="ExitCode">Of the remote script; 255 where ssh itself failed (ssh(1), EXIT STATUS).</param>
/// <param name="Stdout">The end of what it printed.</param>
/// <param name="Stderr">The end of what it and ssh complained of.</param>
internal sealed record SshAnswer(int ExitCode, string Stdout, string Stderr);
