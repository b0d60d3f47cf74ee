namespace Fleet.Agent.Scanning.Spool;

/// <summary>What a frame of the spool says.</summary>
internal abstract record SpoolEntry
{
    private enum Kind : byte
    {
        Head = 1,
        Commit = 2,
        Progress = 3,
        Summary = 4,
    }

    /// <summary>The first frame of a segment: the state of everything before it.</summary>
    /// <param name="SpoolId">The spool's.</param>
    /// <param name="NextNumber">Of the first report behind it.</param>
    /// <param name="Sent">Reports up to this one may have been sent.</param>
    /// <param name="Acknowledged">Reports up to this one are stored by the controller.</param>
    /// <param name="Marks">Every mark.</param>
    internal sealed record Head(string SpoolId, ulong NextNumber, ulong Sent, ulong Acknowledged, IReadOnlyDictionary<string, string> Marks) : SpoolEntry;

    /// <summary>Findings and the marks that go with them, together or not at all.</summary>
    /// <param name="FirstNumber">Of the first report.</param>
    /// <param name="Marks">Those that moved; null: gone.</param>
    /// <param name="Reports">Serialized reports.</param>
    internal sealed record Commit(ulong FirstNumber, IReadOnlyList<KeyValuePair<string, string?>> Marks, IReadOnlyList<byte[]> Reports) : SpoolEntry;

    /// <summary>How far reports were sent and acknowledged.</summary>
    internal sealed record Progress(ulong Sent, ulong Acknowledged) : SpoolEntry;

    /// <summary>Stands for the reports between two numbers: all but the last are empty now, the last counts what they held.</summary>
    internal sealed record Summary(ulong From, ulong To, byte[] Report) : SpoolEntry;

    /// <summary>As a frame's payload.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        switch (this)
        {
            case Head head:
                writer.Write((byte)Kind.Head);
                writer.Write(head.SpoolId);
                writer.Write(head.NextNumber);
                writer.Write(head.Sent);
                writer.Write(head.Acknowledged);
                writer.Write(head.Marks.Count);
                foreach (var (key, mark) in head.Marks)
                {
                    writer.Write(key);
                    writer.Write(mark);
                }

                break;
            case Commit commit:
                writer.Write((byte)Kind.Commit);
                writer.Write(commit.FirstNumber);
                writer.Write(commit.Marks.Count);
                foreach (var (key, mark) in commit.Marks)
                {
                    writer.Write(key);
                    writer.Write(mark is not null);
                    writer.Write(mark ?? "");
                }

                writer.Write(commit.Reports.Count);
                foreach (var report in commit.Reports)
                    Write(writer, report);
                break;
            case Progress progress:
                writer.Write((byte)Kind.Progress);
                writer.Write(progress.Sent);
                writer.Write(progress.Acknowledged);
                break;
            case Summary summary:
                writer.Write((byte)Kind.Summary);
                writer.Write(summary.From);
                writer.Write(summary.To);
                Write(writer, summary.Report);
                break;
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a payload back; null where it is of a kind that is not known here.</summary>
    public static SpoolEntry? Read(byte[] payload)
    {
        using var reader = new BinaryReader(new MemoryStream(payload));
        try
        {
            return (Kind)reader.ReadByte() switch
            {
                Kind.Head => ReadHead(reader),
                Kind.Commit => ReadCommit(reader),
                Kind.Progress => new Progress(reader.ReadUInt64(), reader.ReadUInt64()),
                Kind.Summary => new Summary(reader.ReadUInt64(), reader.ReadUInt64(), ReadBytes(reader)),
                _ => null,
            };
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            return null;
        }
    }

    private static Head ReadHead(BinaryReader reader)
    {
        var (id, next, sent, acknowledged) = (reader.ReadString(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());
        var marks = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = reader.ReadInt32(); left > 0; left--)
            marks[reader.ReadString()] = reader.ReadString();
        return new Head(id, next, sent, acknowledged, marks);
    }

    private static Commit ReadCommit(BinaryReader reader)
    {
        var first = reader.ReadUInt64();
        var marks = new List<KeyValuePair<string, string?>>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (key, isThere, mark) = (reader.ReadString(), reader.ReadBoolean(), reader.ReadString());
            marks.Add(KeyValuePair.Create(key, isThere ? mark : null));
        }

        var reports = new List<byte[]>();
        for (var left = reader.ReadInt32(); left > 0; left--)
            reports.Add(ReadBytes(reader));
        return new Commit(first, marks, reports);
    }

    private static void Write(BinaryWriter writer, byte[] bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        var bytes = length >= 0 ? reader.ReadBytes(length) : [];
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }
}
