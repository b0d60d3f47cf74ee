using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Fleet.Cli.Install;

/// <summary>Runs the operator's own ssh once.</summary>
internal static class SshProcess
{
    private const string Program = "ssh";

    // An installation prints some ten lines. What a host prints beyond that is read and forgotten.
    private const int KeptCharacters = 32 * 1024;

    /// <summary>Runs it to its end.</summary>
    /// <param name="words">Its arguments.</param>
    /// <param name="script">What the remote shell reads.</param>
    /// <param name="cancellationToken">Ends ssh, and what it started on this machine.</param>
    /// <exception cref="CommandFailure">There is no ssh here.</exception>
    public static async Task<SshAnswer> RunAsync(IEnumerable<string> words, string script, CancellationToken cancellationToken)
    {
        using var process = Start(words);
        try
        {
            var stdout = ReadTailAsync(process.StandardOutput, cancellationToken);
            var stderr = ReadTailAsync(process.StandardError, cancellationToken);
            await WriteAsync(process.StandardInput, script, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new SshAnswer(process.ExitCode, await stdout, await stderr);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(IEnumerable<string> words)
    {
        var start = new ProcessStartInfo(Program)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var word in words)
            start.ArgumentList.Add(word);
        // What it says is read: in the language that is documented. SendEnv may carry it to the host, where that holds as well.
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw CommandFailure.Usage($"{Program} cannot be started: {e.Message}", "install openssh-client");
        }
    }

    private static async Task WriteAsync(StreamWriter input, string script, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(script.AsMemory(), cancellationToken);
            input.Close();
        }
        catch (IOException)
        {
            // ssh has ended already; its exit code tells why.
        }
    }

    private static async Task<string> ReadTailAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            kept.Append(buffer, 0, count);
            if (kept.Length > KeptCharacters)
                kept.Remove(0, kept.Length - KeptCharacters);
        }

        return kept.ToString();
    }
}
