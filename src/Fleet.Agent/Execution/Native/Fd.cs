using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Execution.Native;

/// <summary>An open file descriptor with one owner; closed once, never used after (a reused number would be someone else's file).</summary>
internal sealed class Fd : SafeHandleMinusOneIsInvalid
{
    private const int GetFlags = 3;
    private const int SetFlags = 4;

    internal Fd(int number)
        : base(ownsHandle: true) => SetHandle(number);

    internal int Number => (int)handle;

    /// <summary>Takes ownership of what <paramref name="call"/> returned, or throws what went wrong.</summary>
    internal static Fd Own(int result, string call) => result >= 0 ? new Fd(result) : throw Errno.Failure(call);

    internal void SetNonBlocking()
    {
        var flags = Libc.Fcntl(Number, GetFlags, 0);
        if (flags < 0 || Libc.Fcntl(Number, SetFlags, flags | Libc.OpenNonBlocking) < 0)
            throw Errno.Failure("fcntl");
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
