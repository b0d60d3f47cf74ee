using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Fleet.EndToEnd.Hosts;

/// <summary>Other versions of the agent, without compiling it again: the same program under another number, and some that do not work.</summary>
internal sealed class AgentVersions(AgentPackages packages)
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    /// <summary>The number that the build under test has.</summary>
    public string Built { get; } = Path.GetFileName(Directory.EnumerateFiles(packages.Shelf, "fleet-agent-*-linux-x64.tar.gz").Single(IsBuilt)).Split('-')[2];

    /// <summary>Puts a working agent of another number, as long as the build's own, on the controller's shelf.</summary>
    public async Task PutAsync(string version)
    {
        var target = Path.Combine(packages.Shelf, $"fleet-agent-{version}-linux-x64.tar.gz");
        if (File.Exists(target))
            return;
        var program = await ReadProgramAsync();
        if (Rename(program, $"{Built}+", $"{version}+") == 0)
            throw new InvalidOperationException($"The version {Built}+... was not found in the agent");
        await using (var gzip = new GZipStream(File.Create(target + ".new"), CompressionLevel.Fastest))
        await using (var tar = new TarWriter(gzip))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, $"fleet-agent-{version}-linux-x64/fleet-agent")
            {
                DataStream = new MemoryStream(program), Mode = Executable,
            });
        }

        File.Move(target + ".new", target);
    }

    /// <summary>A script that passes for an agent of that number when it is asked, and otherwise does what is said.</summary>
    public static async Task<string> WriteBrokenAsync(string directory, string version, string script)
    {
        var path = Path.Combine(directory, $"broken-{version}");
        await File.WriteAllTextAsync(path, $"#!/bin/sh\nif [ \"$1\" = self-check ]; then echo fleet-agent {version}; exit 0; fi\n{script}\n");
        return path;
    }

    private static bool IsBuilt(string tarball) => !Path.GetFileName(tarball).Contains(".9-", StringComparison.Ordinal);

    private async Task<byte[]> ReadProgramAsync()
    {
        await using var gzip = new GZipStream(File.OpenRead(Path.Combine(packages.Shelf, $"fleet-agent-{Built}-linux-x64.tar.gz")), CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        while (await tar.GetNextEntryAsync() is { } entry)
        {
            if (Path.GetFileName(entry.Name) != "fleet-agent" || entry.DataStream is null)
                continue;
            using var content = new MemoryStream();
            await entry.DataStream.CopyToAsync(content);
            return content.ToArray();
        }

        throw new InvalidOperationException("There is no agent in its tarball");
    }

    private static int Rename(byte[] program, string from, string to)
    {
        to.Length.ShouldBe(from.Length);
        var (old, renamed) = (Encoding.ASCII.GetBytes(from), Encoding.ASCII.GetBytes(to));
        var count = 0;
        for (var at = program.AsSpan().IndexOf(old); at >= 0; at = program.AsSpan().IndexOf(old))
        {
            renamed.CopyTo(program, at);
            count++;
        }

        return count;
    }
}
