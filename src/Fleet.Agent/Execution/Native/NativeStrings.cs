using System.Runtime.InteropServices;
using System.Text;

namespace Fleet.Agent.Execution.Native;

/// <summary>A NULL-terminated array of C strings (argv, envp) in one block outside the managed heap.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private byte* _block;

    internal NativeStrings(IReadOnlyList<string> strings)
    {
        var pointerBytes = (strings.Count + 1) * sizeof(byte*);
        var total = pointerBytes;
        foreach (var text in strings)
            total = checked(total + Encoding.UTF8.GetByteCount(text) + 1);

        _block = (byte*)NativeMemory.Alloc((nuint)total);
        var pointers = (byte**)_block;
        var next = _block + pointerBytes;
        for (var i = 0; i < strings.Count; i++)
        {
            pointers[i] = next;
            next += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(next, (int)(_block + total - next)));
            *next++ = 0;
        }

        pointers[strings.Count] = null;
    }

    internal byte** Pointers => (byte**)_block;

    /// <summary>The first string, for calls that take a single path.</summary>
    internal byte* First => Pointers[0];

    public void Dispose()
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
