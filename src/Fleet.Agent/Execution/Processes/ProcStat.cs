using System.Buffers.Text;

namespace Fleet.Agent.Execution.Processes;

/// <summary>What one line of <c>/proc/&lt;pid&gt;/stat</c> says about a process (proc(5)).</summary>
internal readonly record struct ProcStat(
    int Pid, byte State, int ParentPid, int ProcessGroup, int Session, int Threads, long StartTicks)
{
    // Counted from the state, which follows the name.
    private const int ParentField = 1;
    private const int GroupField = 2;
    private const int SessionField = 3;
    private const int ThreadsField = 17;
    private const int StartField = 19;

    internal ProcessIdentity Identity => new(Pid, StartTicks);

    /// <summary>False for zombies, unless only the first thread has ended and others still run.</summary>
    internal bool IsAlive => (State != (byte)'Z' && State != (byte)'X') || Threads > 1;

    /// <summary>Reads a stat line; false where it is cut short or makes no sense.</summary>
    /// <remarks>
    /// The name stands in parentheses and may hold anything, closing parentheses, spaces and newlines included. Nothing behind it
    /// holds a parenthesis, so the last one ends it.
    /// </remarks>
    internal static bool TryParse(ReadOnlySpan<byte> line, out ProcStat stat)
    {
        stat = default;
        var open = line.IndexOf((byte)'(');
        var close = line.LastIndexOf((byte)')');
        if (open < 2 || close < open || line[open - 1] != ' ' || !TryNumber(line[..(open - 1)], out var pid))
            return false;

        var rest = line[(close + 1)..];
        if (rest.Length < 2 || rest[0] != ' ')
            return false;
        rest = rest[1..].TrimEnd((byte)'\n');

        long parent = 0, group = 0, session = 0, threads = 0;
        byte state = 0;
        for (var field = 0; ; field++)
        {
            var space = rest.IndexOf((byte)' ');
            var value = space < 0 ? rest : rest[..space];
            switch (field)
            {
                case 0 when value.Length == 1:
                    state = value[0];
                    break;
                case 0:
                case ParentField when !TryNumber(value, out parent):
                case GroupField when !TryNumber(value, out group):
                case SessionField when !TryNumber(value, out session):
                case ThreadsField when !TryNumber(value, out threads):
                    return false;
                case StartField:
                    if (!TryNumber(value, out var start) || !FitsProcess(pid) || !FitsProcess(parent))
                        return false;
                    stat = new ProcStat((int)pid, state, (int)parent, (int)group, (int)session, (int)threads, start);
                    return true;
            }

            if (space < 0)
                return false;
            rest = rest[(space + 1)..];
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;

    private static bool FitsProcess(long pid) => pid is >= 0 and <= int.MaxValue;
}
