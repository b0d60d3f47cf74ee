using Fleet.Protocol;

namespace Fleet.Agent.Upgrading;

/// <summary>Looks at a program before it is started: one for other processors says less about itself than "Exec format error" does.</summary>
internal static class ProgramHeader
{
    /// <summary>Returns where a program is for this architecture, or is none of Linux (a script), of which only a trial can tell.</summary>
    /// <exception cref="UpgradeException">It is for another one, or cannot be read.</exception>
    public static async Task InsistAsync(string program, string architecture, CancellationToken cancellationToken)
    {
        var beginning = new byte[Architectures.ProgramHeaderBytes];
        int count;
        try
        {
            await using var file = File.OpenRead(program);
            count = await file.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (IOException e)
        {
            throw new UpgradeException($"{program} cannot be read: {e.Message}");
        }

        if (Architectures.TryReadProgram(beginning.AsSpan(0, count), out var read) && read != architecture)
            throw new UpgradeException($"the artifact is an agent for {read}, and this host is {architecture}");
    }
}
