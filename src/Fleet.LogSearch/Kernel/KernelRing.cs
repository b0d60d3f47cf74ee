namespace Fleet.LogSearch.Kernel;

/// <summary>Reads the kernel's ring buffer as a whole.</summary>
internal static class KernelRing
{
    /// <summary>All records that the buffer holds now, oldest first.</summary>
    /// <exception cref="IOException">The device cannot be read.</exception>
    public static List<KernelRecord> ReadAll(string device)
    {
        using var ring = new KernelDevice(device);
        var records = new List<KernelRecord>();
        while (ring.Read(out KernelRecord record) is var read and not KernelRead.Empty)
        {
            if (read == KernelRead.Record)
            {
                records.Add(record);
            }
        }

        return records;
    }
}
