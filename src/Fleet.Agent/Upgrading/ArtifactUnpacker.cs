using System.Formats.Tar;
using System.IO.Compression;

namespace Fleet.Agent.Upgrading;

/// <summary>Puts the program out of an artifact, whose digest was checked, into its place.</summary>
internal static class ArtifactUnpacker
{
    private const string ProgramName = "fleet-agent";
    private const long MostBytes = 512L << 20; // An agent has 10 MiB, or 80 with its runtime.
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // The first bytes of a gzip file (RFC 1952, section 2.3.1).
    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    /// <summary>Unpacks a tarball's fleet-agent, or takes the artifact as it is where it is no tarball.</summary>
    /// <exception cref="UpgradeException">There is no program in it, or the disk refuses.</exception>
    public static async Task UnpackAsync(string artifact, string program, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(artifact);
            var beginning = new byte[GzipMagic.Length];
            var isTarball = await file.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken) == beginning.Length
                && beginning.AsSpan().SequenceEqual(GzipMagic);
            file.Position = 0;
            if (!isTarball)
            {
                await WriteAsync(file, program, cancellationToken);
                return;
            }

            await using var plain = new GZipStream(file, CompressionMode.Decompress);
            await using var tar = new TarReader(plain);
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || Path.GetFileName(entry.Name) != ProgramName || entry.DataStream is null)
                    continue;
                await WriteAsync(entry.DataStream, program, cancellationToken);
                return;
            }

            throw new UpgradeException($"the artifact has no {ProgramName} in it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            throw new UpgradeException($"the artifact cannot be unpacked: {e.Message}");
        }
    }

    private static async Task WriteAsync(Stream content, string program, CancellationToken cancellationToken)
    {
        var temporary = program + ".new";
        try
        {
            await WriteNewAsync(content, temporary, cancellationToken);
            File.Move(temporary, program, overwrite: true);
            // Before anybody is told to start it: first the program's name, then that of its directory.
            DurableName.Keep(program);
            DurableName.Keep(Path.GetDirectoryName(program)!);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task WriteNewAsync(Stream content, string temporary, CancellationToken cancellationToken)
    {
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Executable };
        await using (var file = new FileStream(temporary, options))
        {
            var buffer = new byte[64 * 1024];
            int count;
            while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (file.Length + count > MostBytes)
                    throw new UpgradeException($"the program in the artifact has more than {MostBytes} bytes");
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }

            file.Flush(flushToDisk: true);
        }

        // The mask of this process took bits away.
        File.SetUnixFileMode(temporary, Executable);
    }
}
