using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Fleet.Protocol.Identity;

/// <summary>Takes a proxy's password from a file, where neither a command line nor a settings file that others read would show it.</summary>
public static class ProxyPasswordFile
{
    // More than a password of 255 bytes takes, so that a file named by mistake is no password.
    private const int MostBytes = 1024;

    /// <summary>The proxy as `--proxy` and `--proxy-password-file` name it; null where neither does.</summary>
    /// <param name="text">The address; null where there is none.</param>
    /// <param name="path">The file; null where there is none.</param>
    /// <param name="proxy">The proxy.</param>
    /// <param name="error">Where the result is false: what is wrong and how to fix it.</param>
    public static bool TryReadOptions(string? text, string? path, out ProxyAddress? proxy, [NotNullWhen(false)] out string? error)
    {
        (proxy, error) = (null, null);
        if (text is null)
            error = path is null ? null : $"--proxy-password-file is given, but no proxy: give --proxy {ProxyAddress.Forms}";
        else if (!ProxyAddress.TryParse(text, out proxy, out error))
            error = $"--proxy: {error}";
        else if (path is not null)
            TryRead(proxy, path, out proxy, out error);
        return error is null;
    }

    /// <summary>The proxy with the password that is the file's first line.</summary>
    /// <param name="proxy">The proxy, which names the user.</param>
    /// <param name="path">The file.</param>
    /// <param name="completed">The proxy with the password, where the result is true.</param>
    /// <param name="error">Where the result is false: what is wrong and how to fix it.</param>
    public static bool TryRead(ProxyAddress proxy, string path, [NotNullWhen(true)] out ProxyAddress? completed, [NotNullWhen(false)] out string? error)
    {
        completed = null;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var bytes = new byte[MostBytes];
            var count = file.ReadAtLeast(bytes, MostBytes, throwOnEndOfStream: false);
            var text = Encoding.UTF8.GetString(bytes, 0, count);
            var end = text.AsSpan().IndexOfAny('\r', '\n');
            var password = end < 0 ? text : text[..end];
            error = password.Length == 0 ? $"{path}: the first line is empty: put the proxy's password there" : null;
            return error is null && proxy.TryWithPassword(password, out completed, out error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"the proxy's password cannot be read from {path}: {e.Message}";
            return false;
        }
    }
}
