namespace Fleet.Agent.Tests.Scanning;

/// <summary>A test against the kernel's own ring buffer, which must let itself be written to and read.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KernelLogFactAttribute : FactAttribute
{
    private const string Device = "/dev/kmsg";

    public KernelLogFactAttribute()
    {
        try
        {
            using var write = new FileStream(Device, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            using var read = new FileStream(Device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Skip = Prerequisites.NotOnThisMachine($"it takes a kernel's ring buffer to write to: {e.Message}");
        }
    }

    /// <summary>A line of the kernel's log, with a mark that no other line has.</summary>
    public static async Task WriteAsync(string text)
    {
        // Its priority first, as the kernel takes it: <6> is information.
        await using var device = new FileStream(Device, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        await device.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"<6>{text}\n"));
    }
}
