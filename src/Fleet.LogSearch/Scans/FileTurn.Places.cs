using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>Where the generations are that were being read.</summary>
internal sealed partial class FileTurn
{
    /// <summary>For each position the file it stands in, or -1; by number first, then by how the file begins.</summary>
    private int[] Locate()
    {
        IReadOnlyList<FilePosition> positions = _from.Positions;
        var places = new int[positions.Count];
        for (int i = 0; i < places.Length; i++)
        {
            FilePosition position = positions[i];
            places[i] = Files.FindIndex(file => file.Holds(position));
            if (places[i] < 0 && position.HeadBytes > 0)
            {
                // The newest of those that fit: an older one that begins alike was given up long ago.
                places[i] = Files.FindLastIndex(file => !file.IsNumbered(position) && file.HasHeadOf(position) && file.ReachesTo(position));
            }
        }

        for (int i = 0; i < places.Length; i++)
        {
            if (_unlisted.Find(file => file.Holds(positions[i])) is { } unlisted)
            {
                Place(places, i, unlisted);
            }
        }

        return places;
    }

    /// <summary>Gives a file without a name its place among the others.</summary>
    private void Place(int[] places, int i, LogGeneration unlisted)
    {
        if (places[i] >= 0 && !Files[places[i]].IsPacked)
        {
            return;
        }

        // What was written to it while it was being packed is in it alone: it is read instead of its packed copy.
        int at = places[i] >= 0 ? places[i] : Files.FindIndex(file => file.IsPacked && Array.IndexOf(places, Files.IndexOf(file)) < 0 && file.IsBeginningOf(unlisted));
        if (at >= 0)
        {
            _copies[unlisted] = Files[at];
            Files[at] = unlisted;
            places[i] = at;
            return;
        }

        // What is newer comes behind it.
        at = places[..i].DefaultIfEmpty(-1).Max() + 1;
        Files.Insert(at, unlisted);
        for (int j = 0; j < places.Length; j++)
        {
            places[j] += places[j] >= at ? 1 : 0;
        }

        places[i] = at;
    }

    /// <summary>Files that were empty when they had the live name, and have none any more: what was written to them since is in them alone, or in their packed copies.</summary>
    private void PlaceUnread(int[] places, int known)
    {
        for (int i = 0; i < _unlisted.Count; i++)
        {
            LogGeneration file = _unlisted[i];
            if (Files.Contains(file) || _from.Positions.Any(file.IsNumbered))
            {
                continue;
            }

            if (file.NoteLength() == 0)
            {
                if (IsAwaited(file))
                {
                    Awaited.Add(file);
                }
                else
                {
                    _released.Add(file);
                }

                continue;
            }

            int copy = Files.FindIndex(known + 1, packed => packed.IsPacked && packed.IsBeginningOf(file));
            if (copy >= 0)
            {
                (_copies[file], Files[copy]) = (Files[copy], file);
            }
            else
            {
                Files.Insert(known + 1, file);
            }
        }
    }

    /// <summary>Whether something may yet be written to an empty file without a name.</summary>
    private bool IsAwaited(LogGeneration file)
    {
        if (IsAway)
        {
            return true;
        }

        // Who is seen to have it is waited for without end, and looked at by the clock.
        WriterState writer = file.WrittenBy(_time);
        bool isAwaited = writer is WriterState.Some or WriterState.NotYet
            || (_time.GetElapsedTime(file.UnlistedAt!.Value) < s_quietOfOld && (writer == WriterState.Unknown || file.Status.Links > 0));
        if (isAwaited && writer != WriterState.Some)
        {
            _reader.Wait();
        }

        return isAwaited;
    }
}
