namespace Fleet.Controller.Tailing;

/// <summary>What one agent may still send for a tail: as much as the operator has read of what it sent before.</summary>
/// <param name="shareBytes">What may wait for the operator.</param>
/// <param name="overdraftBytes">By how much one message may exceed it.</param>
internal sealed class TailCredits(int shareBytes, int overdraftBytes)
{
    private long _left = shareBytes;
    private long _read;

    /// <summary>What the agent is granted when it begins.</summary>
    public ulong Initial => (ulong)shareBytes;

    /// <summary>Something came from the agent; false where it was not allowed to send it.</summary>
    public bool Receive(int bytes)
    {
        if (_left <= 0 || bytes > _left + overdraftBytes)
            return false;
        _left -= bytes;
        return true;
    }

    /// <summary>The operator has read something. What to grant the agent now; 0: nothing yet, half a share at a time will do.</summary>
    public ulong Read(int bytes)
    {
        _read += bytes;
        if (_read < shareBytes / 2)
            return 0;
        var granted = _read;
        (_left, _read) = (_left + granted, 0);
        return (ulong)granted;
    }
}
