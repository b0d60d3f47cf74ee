using Fleet.Storage.LiteDb;

namespace Fleet.Storage.Tests.LiteDb;

/// <summary>
/// A disk whose power is cut at a certain operation, or of these at a certain flush. What was written and not flushed is then there or not, sector by sector, whatever was
/// written first.
/// </summary>
internal sealed class ForgetfulDisk(int seed, int operations, bool atFlush)
{
    private const int Sector = 512;
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, Contents> _files = [];
    private int _left = operations;

    /// <summary>Whether the power is off.</summary>
    public bool IsCut
    {
        get
        {
            lock (_lock)
                return _left <= 0;
        }
    }

    /// <summary>Switches the power on again, for good.</summary>
    public void Restore()
    {
        lock (_lock)
            _left = int.MaxValue;
    }

    public DiskFile Open(string path, bool writable)
    {
        lock (_lock)
        {
            if (!_files.TryGetValue(path, out var contents))
                _files.Add(path, contents = new Contents());
            return new ForgetfulFile(this, contents);
        }
    }

    // Each operation may be the one at which the power goes.
    private void Count(bool isFlush)
    {
        ThrowIfOff();
        if (isFlush || !atFlush)
            _left--;
        if (_left > 0)
            return;
        foreach (var contents in _files.Values)
            contents.Forget(_random);
        throw new IOException("the power was cut");
    }

    private void ThrowIfOff()
    {
        if (_left <= 0)
            throw new IOException("the power is off");
    }

    private sealed class Contents
    {
        private readonly List<Action<Random>> _unflushed = [];
        private byte[] _durable = [];

        public byte[] Visible { get; private set; } = [];

        public void Write(byte[] bytes, long place)
        {
            Visible = Apply(Visible, bytes, place);
            _unflushed.Add(random =>
            {
                for (var at = 0; at < bytes.Length;)
                {
                    // Up to the end of the sector that the place lies in.
                    var length = Math.Min(Sector - (int)((place + at) % Sector), bytes.Length - at);
                    if (random.Next(2) == 0)
                        _durable = Apply(_durable, bytes[at..(at + length)], place + at);
                    at += length;
                }
            });
        }

        public void SetLength(long length)
        {
            Visible = Cut(Visible, length);
            _unflushed.Add(random =>
            {
                if (random.Next(2) == 0)
                    _durable = Cut(_durable, length);
            });
        }

        public void Flush()
        {
            _durable = [.. Visible];
            _unflushed.Clear();
        }

        public void Forget(Random random)
        {
            foreach (var change in _unflushed)
                change(random);
            _unflushed.Clear();
            Visible = [.. _durable];
        }

        private static byte[] Apply(byte[] to, byte[] bytes, long place)
        {
            if (to.Length < place + bytes.Length)
                to = Cut(to, place + bytes.Length);
            bytes.CopyTo(to, place);
            return to;
        }

        private static byte[] Cut(byte[] bytes, long length)
        {
            var cut = new byte[length];
            Array.Copy(bytes, cut, Math.Min(length, bytes.Length));
            return cut;
        }
    }

    private sealed class ForgetfulFile(ForgetfulDisk disk, Contents contents) : DiskFile
    {
        public override long Length
        {
            get
            {
                lock (disk._lock)
                    return contents.Visible.Length;
            }
        }

        public override int Read(Span<byte> bytes, long place)
        {
            lock (disk._lock)
            {
                var count = (int)Math.Clamp(contents.Visible.Length - place, 0, bytes.Length);
                contents.Visible.AsSpan((int)Math.Min(place, contents.Visible.Length), count).CopyTo(bytes);
                return count;
            }
        }

        public override void Write(ReadOnlySpan<byte> bytes, long place)
        {
            lock (disk._lock)
            {
                disk.ThrowIfOff();
                contents.Write(bytes.ToArray(), place); // before the count: it may be the one that is torn
                disk.Count(isFlush: false);
            }
        }

        public override void SetLength(long length)
        {
            lock (disk._lock)
            {
                disk.ThrowIfOff();
                contents.SetLength(length);
                disk.Count(isFlush: false);
            }
        }

        public override void Flush()
        {
            lock (disk._lock)
            {
                disk.Count(isFlush: true);
                contents.Flush();
            }
        }

        public override void Dispose()
        {
        }
    }
}
