using System.Text;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>Turns an error number of chdir or exec into a reason that an operator can act on.</summary>
internal static class StartFailures
{
    // The kernel reads no more of the first line (BINPRM_BUF_SIZE).
    private const int InterpreterLineBytes = 256;

    /// <summary>Null where the directory can be entered.</summary>
    internal static StepOutcome.FailedToStart? OfDirectory(string directory)
    {
        if (!Directory.Exists(directory))
            return new(StartFailure.NoSuchDirectory, $"working directory {directory}: {Errno.Describe(Errno.NoEntry)}");
        return Libc.Access(directory, Libc.ModeExecutable) == 0
            ? null
            : new(StartFailure.PermissionDenied, $"working directory {directory}: {Errno.Describe(Errno.Last)}");
    }

    /// <summary>Why a program could not be executed.</summary>
    internal static StepOutcome.FailedToStart OfProgram(string program, string directory, int error)
    {
        var failure = error switch
        {
            Errno.NoEntry or Errno.NotDirectory or Errno.NameTooLong or Errno.TooManyLinks => StartFailure.NotFound,
            Errno.AccessDenied => StartFailure.PermissionDenied,
            Errno.NotExecutable => StartFailure.NotExecutable,
            Errno.TooBig => StartFailure.ArgumentsTooLarge,
            Errno.TryAgain or Errno.NoMemory or Errno.TooManyFiles or Errno.TooManyFilesSystem => StartFailure.OutOfResources,
            _ => StartFailure.Other,
        };

        // "No such file" about a file that is there speaks of its interpreter.
        if (failure == StartFailure.NotFound && program.Contains('/') && Interpreter(Path.Combine(directory, program)) is { } interpreter)
            return new(StartFailure.InterpreterNotFound, $"{program}: its interpreter {interpreter}: {Errno.Describe(error)}");
        return new(failure, $"{program}: {Errno.Describe(error)}");
    }

    /// <summary>The program named by the <c>#!</c> line of a script's first bytes; null where there is none.</summary>
    internal static string? InterpreterOf(ReadOnlySpan<byte> content)
    {
        if (!content.StartsWith("#!"u8))
            return null;
        var line = content[2..Math.Min(content.Length, InterpreterLineBytes)];
        var end = line.IndexOf((byte)'\n');
        var text = Encoding.UTF8.GetString(end < 0 ? line : line[..end]).Trim(' ', '\t');
        var blank = text.AsSpan().IndexOfAny(' ', '\t');
        return blank < 0 ? text : text[..blank];
    }

    private static string? Interpreter(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            Span<byte> first = stackalloc byte[InterpreterLineBytes];
            var length = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);

            // Of a binary it is its dynamic loader, which only a broken host lacks.
            return InterpreterOf(first[..length]) ?? (length > 0 ? "(dynamic loader)" : null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
