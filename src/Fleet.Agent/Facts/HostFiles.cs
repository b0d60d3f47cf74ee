using System.Buffers;
using System.Text;

namespace Fleet.Agent.Facts;

/// <summary>Reads small files of the kernel and the distribution, under a root that tests replace.</summary>
/// <param name="root">The root directory, "/" but in tests.</param>
internal sealed class HostFiles(string root = "/")
{
    private const int FirstBytes = 4 * 1024;
    private const int MostBytes = 256 * 1024;

    /// <summary>The file's text without white space around it; empty where there is none that can be read.</summary>
    public string Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(Path.Combine(root, path.TrimStart('/')));
            return ReadAll(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Whether there is such a file.</summary>
    public bool Exists(string path) => File.Exists(Path.Combine(root, path.TrimStart('/')));

    // Files under /proc have no length to go by.
    private static string ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        var length = 0;
        while (true)
        {
            var read = RandomAccess.Read(file, buffer.AsSpan(length), length);
            length += read;
            if (read == 0 || length >= MostBytes)
                break;
            if (length == buffer.Length)
                buffer = Grow(buffer);
        }

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        ArrayPool<byte>.Shared.Return(buffer);
        return text;
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
