namespace Fleet.Hosts.Machine;

/// <summary>A process that another one can recognize later, whatever became of its number.</summary>
/// <param name="Id">Its number.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot (field 22 of proc(5) stat).</param>
internal readonly record struct ProcessMark(int Id, long StartTicks)
{
    private const int StartField = 22;

    /// <summary>This process.</summary>
    internal static ProcessMark Own => new(Environment.ProcessId, ReadStart(Environment.ProcessId) ?? 0);

    /// <summary>Whether it is still there.</summary>
    internal bool IsAlive => ReadStart(Id) == StartTicks;

    private static long? ReadStart(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The name, the second field, is in parentheses and may hold anything.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[StartField - 3], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
