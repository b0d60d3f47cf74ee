namespace Fleet.Agent.Execution.Native;

/// <summary>A pipe whose ends are closed on exec; which end does not block is the caller's choice.</summary>
internal readonly record struct Pipe(Fd ReadEnd, Fd WriteEnd)
{
    /// <summary>A pipe that we read without blocking; the child's end blocks, as programs expect.</summary>
    internal static Pipe ForReading()
    {
        var pipe = Create();
        pipe.ReadEnd.SetNonBlocking();
        return pipe;
    }

    /// <summary>A pipe that we write without blocking; the child's end blocks.</summary>
    internal static Pipe ForWriting()
    {
        var pipe = Create();
        pipe.WriteEnd.SetNonBlocking();
        return pipe;
    }

    private static unsafe Pipe Create()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe2(ends, Libc.OpenCloseOnExec) < 0)
            throw Errno.Failure("pipe2");
        return new Pipe(new Fd(ends[0]), new Fd(ends[1]));
    }
}
