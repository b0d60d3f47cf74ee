using System.Formats.Tar;
using System.IO.Compression;
using Fleet.Protocol;

namespace Fleet.Controller.Artifacts;

/// <summary>Looks into an artifact, a tarball with the agent's program or the program alone, for what the program is for.</summary>
internal static class ArtifactProgram
{
    private const string ProgramName = "fleet-agent";
    // What stands before the program in a tarball is small; what does not is no reason to unpack for minutes.
    private const int MostEntries = 64;
    private const long MostBytesBefore = 64L << 20;

    // The first bytes of a gzip file (RFC 1952, section 2.3.1).
    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    /// <summary>The program's architecture; null where there is no program of Linux in it. The agent looks again before it relies on it.</summary>
    public static async Task<string?> ReadArchitectureAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var beginning = await BeginningAsync(file, cancellationToken);
        if (!beginning.AsSpan().StartsWith(GzipMagic))
            return Architectures.TryReadProgram(beginning, out var alone) ? alone : null;
        file.Position = 0;
        try
        {
            await using var plain = new GZipStream(file, CompressionMode.Decompress);
            await using var tar = new TarReader(plain);
            long before = 0;
            for (var entries = 0; entries < MostEntries && await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry; entries++)
            {
                if (Path.GetFileName(entry.Name) == ProgramName && entry.DataStream is { } content)
                    return Architectures.TryReadProgram(await BeginningAsync(content, cancellationToken), out var packed) ? packed : null;
                before += entry.Length;
                if (before > MostBytesBefore)
                    return null;
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or EndOfStreamException)
        {
            // No tarball of ours; what it is instead is found out where it is unpacked.
        }

        return null;
    }

    private static async Task<byte[]> BeginningAsync(Stream content, CancellationToken cancellationToken)
    {
        var beginning = new byte[Architectures.ProgramHeaderBytes];
        var count = await content.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken);
        return beginning[..count];
    }
}
