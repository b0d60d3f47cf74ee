namespace Fleet.Agent.Execution;

/// <summary>Which boot of the host this is; process numbers and start times mean nothing across boots.</summary>
internal static class HostBoot
{
    internal static string Id { get; } = Read();

    private static string Read()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
