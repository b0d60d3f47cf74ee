using System.Runtime.InteropServices;

namespace Fleet.Agent.Execution.Native;

/// <summary>Linux error numbers that decide something here (asm-generic/errno.h; equal on x64 and arm64).</summary>
internal static class Errno
{
    internal const int NoEntry = 2;
    internal const int Interrupted = 4;
    internal const int TooBig = 7;
    internal const int NotExecutable = 8;
    internal const int NoChild = 10;
    internal const int TryAgain = 11;
    internal const int NoMemory = 12;
    internal const int AccessDenied = 13;
    internal const int NotDirectory = 20;
    internal const int TooManyFilesSystem = 23;
    internal const int TooManyFiles = 24;
    internal const int NameTooLong = 36;
    internal const int NotImplemented = 38;
    internal const int TooManyLinks = 40;

    /// <summary>The error of the last call made on this thread.</summary>
    internal static int Last => Marshal.GetLastPInvokeError();

    /// <summary>The C library's sentence for an error, with its number: <c>Permission denied (errno 13)</c>.</summary>
    internal static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})";

    /// <summary>An exception for a call that only fails when something is badly wrong with the host or with us.</summary>
    internal static IOException Failure(string call) => new($"{call}: {Describe(Last)}", Last);
}
