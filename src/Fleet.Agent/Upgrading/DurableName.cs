using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Upgrading;

/// <summary>Makes a file's name outlast a power cut: its content is on the disk before, but the name is the directory's (fsync(2)).</summary>
internal static class DurableName
{
    private const int InputOutput = 5;
    private const int NoSpace = 28;

    /// <summary>Returns once the name is on the disk.</summary>
    /// <param name="path">What was just made or renamed.</param>
    /// <exception cref="IOException">The disk fails. File systems that cannot do it are no failure.</exception>
    public static void Keep(string path)
    {
        using var directory = new Fd(Libc.Open(Path.GetDirectoryName(path)!, Libc.OpenReadOnly | Libc.OpenCloseOnExec));
        if (!directory.IsInvalid && Libc.Synchronize(directory) < 0 && Errno.Last is InputOutput or NoSpace)
            throw Errno.Failure("fsync");
    }
}
