using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>Finds the file of a program as a shell does, by the task's own PATH and working directory.</summary>
internal static class ProgramLookup
{
    /// <summary>The file to execute; null and an error number where there is none.</summary>
    internal static string? Find(string name, string? searchPath, string directory, out int error)
    {
        error = 0;
        if (name.Length == 0)
        {
            error = Errno.NoEntry;
            return null;
        }

        // A name with a slash is taken as it stands; exec itself tells what is wrong with it.
        if (name.Contains('/'))
            return name;

        error = Errno.NoEntry;
        foreach (var entry in (searchPath ?? TaskEnvironment.UsualPath).Split(':'))
        {
            var candidate = Path.Combine(directory, entry, name); // An empty entry means the working directory.
            if (!File.Exists(candidate))
                continue;
            if (Libc.Access(candidate, Libc.ModeExecutable) == 0)
            {
                error = 0;
                return candidate;
            }

            // Remembered, but a later directory may have a file that may be executed.
            error = Errno.Last;
        }

        return null;
    }
}
