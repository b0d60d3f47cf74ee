using System.Diagnostics;

namespace Fleet.Benchmarks.Processes;

/// <summary>A program run once to its end.</summary>
/// <param name="Milliseconds">From its start to its end.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it printed on standard error.</param>
internal sealed record TimedProgram(double Milliseconds, string Output, string Error)
{
    /// <summary>Runs it; a search that finds nothing ends with 1, which is no fault.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static TimedProgram Run(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // The C locale is the fastest that grep(1) has, and the one in which bytes are what they are.
        start.Environment["LC_ALL"] = "C";
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        using var killed = cancellationToken.Register(process.Kill);
        // Read in place, without a thread to be woken: what these programs print fits a pipe.
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        cancellationToken.ThrowIfCancellationRequested();
        var error = process.StandardError.ReadToEnd();
        return process.ExitCode is 0 or 1
            ? new TimedProgram(took, output, error)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}: {error}");
    }
}
