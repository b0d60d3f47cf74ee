using Microsoft.Win32.SafeHandles;

namespace Fleet.Storage.LiteDb;

/// <summary>A file as a store needs it: what was written is sure to be there after a power cut only once it was flushed.</summary>
internal abstract class DiskFile : IDisposable
{
    public abstract long Length { get; }

    /// <summary>Reads what is there from a place on; returns how many bytes that were.</summary>
    public abstract int Read(Span<byte> bytes, long place);

    public abstract void Write(ReadOnlySpan<byte> bytes, long place);

    public abstract void SetLength(long length);

    /// <summary>Waits until all that was written is on the disk.</summary>
    public abstract void Flush();

    public abstract void Dispose();

    /// <summary>Opens a file of the file system, for reading alone or for writing, then making it for its owner alone where it is not there.</summary>
    public static DiskFile Open(string path, bool writable) => new SystemFile(path, writable);

    private sealed class SystemFile : DiskFile
    {
        private readonly SafeFileHandle handle;

        public SystemFile(string path, bool writable)
        {
            var isNew = writable && !File.Exists(path);
            handle = writable
                ? File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite)
                : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (!isNew)
                return;
            PrivateFile.Ensure(path);
            DirectoryEntry.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        public override long Length => RandomAccess.GetLength(handle);

        public override int Read(Span<byte> bytes, long place)
        {
            var done = 0;
            while (done < bytes.Length && RandomAccess.Read(handle, bytes[done..], place + done) is > 0 and var read)
                done += read;
            return done;
        }

        public override void Write(ReadOnlySpan<byte> bytes, long place) => RandomAccess.Write(handle, bytes, place);

        public override void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public override void Flush() => RandomAccess.FlushToDisk(handle);

        public override void Dispose() => handle.Dispose();
    }
}
