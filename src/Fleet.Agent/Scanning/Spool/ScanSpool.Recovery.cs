namespace Fleet.Agent.Scanning.Spool;

internal sealed partial class ScanSpool
{
    private void Recover()
    {
        foreach (var left in Directory.EnumerateFiles(_directory, "*.next").ToList())
            File.Delete(left);
        var all = SpoolSegment.In(_directory);
        foreach (var segment in all)
        {
            var isLast = segment == all[^1];
            if (!TryRead(segment, isLast))
            {
                LogDamaged(_directory, segment.Path);
                File.Delete(segment.Path);
            }
        }

        _index.RemoveUpTo(_acknowledged);
    }

    /// <summary>Reads a segment to its end, or to what the crash left half written, which is cut off; false where not even its head is there.</summary>
    private bool TryRead(SpoolSegment segment, bool isLast)
    {
        using var file = Open(segment);
        var end = RandomAccess.GetLength(file);
        var payload = SpoolFrame.Read(file, 0, end);
        if (payload is null || SpoolEntry.Read(payload) is not SpoolEntry.Head head || (Id.Length > 0 && head.SpoolId != Id))
            return false;
        Id = head.SpoolId;
        segment.HeadLength = segment.Length = SpoolFrame.HeadBytes + payload.Length;
        segment.LastNumber = _next - 1;
        Apply_NeedsLock(segment, head);
        while ((payload = SpoolFrame.Read(file, segment.Length, end)) is not null && SpoolEntry.Read(payload) is { } entry)
        {
            segment.Length += SpoolFrame.HeadBytes + payload.Length;
            Apply_NeedsLock(segment, entry);
        }

        if (segment.Length < end && !isLast)
            LogDamaged(_directory, segment.Path);
        RandomAccess.SetLength(file, segment.Length);
        _segments.Add(segment);
        return true;
    }

    /// <summary>Takes in what a frame says; a commit's or a summary's is the one that ends at the segment's present length.</summary>
    private void Apply_NeedsLock(SpoolSegment segment, SpoolEntry entry)
    {
        switch (entry)
        {
            case SpoolEntry.Head head:
                _next = Math.Max(_next, head.NextNumber);
                _marks.Clear();
                foreach (var (key, mark) in head.Marks)
                    _marks[key] = mark;
                Progress(head.Sent, head.Acknowledged);
                break;
            case SpoolEntry.Commit commit:
                foreach (var (key, mark) in commit.Marks)
                    Set(key, mark);
                Add(segment, commit);
                break;
            case SpoolEntry.Progress progress:
                Progress(progress.Sent, progress.Acknowledged);
                break;
            case SpoolEntry.Summary summary:
                AddReport(segment, summary.To, summary.Report.Length, segment.Length - summary.Report.Length);
                break;
        }
    }

    private void Add(SpoolSegment segment, SpoolEntry.Commit commit)
    {
        // They stand at the frame's end, each behind its length.
        var offset = segment.Length - commit.Reports.Sum(report => (long)report.Length + sizeof(int));
        for (var i = 0; i < commit.Reports.Count; i++)
        {
            offset += sizeof(int);
            AddReport(segment, commit.FirstNumber + (ulong)i, commit.Reports[i].Length, offset);
            offset += commit.Reports[i].Length;
        }
    }

    private void AddReport(SpoolSegment segment, ulong number, int length, long offset)
    {
        // A crash may have left the files that a summary stands for.
        if (number < _next)
            return;
        _index.Add(new SpooledReport(number, segment, offset, length));
        _next = number + 1;
        segment.LastNumber = number;
    }

    private void Progress(ulong sent, ulong acknowledged)
    {
        _acknowledged = Math.Max(_acknowledged, acknowledged);
        _sent = Math.Max(_sent, Math.Max(sent, acknowledged));
    }

    private void Set(string key, string? mark)
    {
        if (mark is null)
            _marks.Remove(key);
        else
            _marks[key] = mark;
    }
}
