namespace Sensor.Alerts.Spool;

/// <summary>What was found on disk at start.</summary>
internal sealed class RecoveredLog
{
    public long Epoch { get; set; }
    public long AcknowledgedThrough { get; set; }
    public List<Segment> Segments { get; } = [];
    public long Damaged { get; set; }
    public long TornBytes { get; set; }
    public long SetAsideBytes { get; set; }
}

/// <summary>
/// Reads a spool directory after a stop of any kind. Decides by what the files say, in this order:
/// 1. A record counts when its checksum holds and its sequence is the expected one, or follows a damaged spot.
/// 2. What stands after the last sound record of the newest segment is a torn write: cut off. It was never durable, so nobody has seen it.
/// 3. Damage before that costs the records it lies in; they are counted, the others are kept.
/// 4. A gap before the first record means acknowledged or dropped; the numbering never goes back.
/// 5. Where neither the state nor any segment header can be read, the numbering is unknown: files are set aside, a new epoch begins.
/// </summary>
internal static class DiskLogRecovery
{
    private const string SetAside = "damaged";

    public static RecoveredLog Recover(ISpoolDisk disk, Func<long> newEpoch)
    {
        var found = new RecoveredLog();
        bool hasState = SpoolState.TryDecode(disk.ReadAll(SpoolState.FileName), out SpoolState state);
        if (hasState) (found.Epoch, found.AcknowledgedThrough) = (state.Epoch, state.AcknowledgedThrough);

        List<(long First, string Name)> names = FindSegments(disk);
        if (!hasState) found.Epoch = EpochOfHeaders(disk, names);
        for (int i = 0; i < names.Count; i++)
        {
            long end = i + 1 < names.Count ? names[i + 1].First : long.MaxValue;
            ReadSegment(disk, names[i].Name, names[i].First, end, found);
        }

        if (found.Segments.Count > 0) found.AcknowledgedThrough = Math.Max(found.AcknowledgedThrough, found.Segments[0].First - 1);
        if (found.Epoch == 0) found.Epoch = newEpoch();
        if (!hasState || state.AcknowledgedThrough != found.AcknowledgedThrough)
        {
            disk.Replace(SpoolState.FileName, new SpoolState(found.Epoch, found.AcknowledgedThrough).Encode());
        }

        if (disk.List().Contains(SetAside)) found.SetAsideBytes = LengthOf(disk, SetAside);
        return found;
    }

    private static List<(long First, string Name)> FindSegments(ISpoolDisk disk)
    {
        List<(long First, string Name)> names = [];
        foreach (string name in disk.List())
        {
            if (SegmentFormat.TryParseName(name, out long first)) names.Add((first, name));
            else if (name.EndsWith(".new", StringComparison.Ordinal)) disk.Delete(name);
        }

        names.Sort();
        return names;
    }

    private static long EpochOfHeaders(ISpoolDisk disk, List<(long First, string Name)> names)
    {
        byte[] header = new byte[SegmentFormat.HeaderBytes];
        foreach ((long first, string name) in names)
        {
            using ISpoolFile file = disk.Open(name, create: false);
            int read = file.Read(0, header);
            if (SegmentFormat.TryReadHeader(header.AsSpan(0, read), out long epoch, out long headerFirst) && headerFirst == first) return epoch;
        }

        return 0;
    }

    private static void ReadSegment(ISpoolDisk disk, string name, long first, long end, RecoveredLog found)
    {
        using ISpoolFile file = disk.Open(name, create: false);
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);

        // A damaged header costs nothing as long as the epoch is known: the name tells the sequences.
        bool headerSound = SegmentFormat.TryReadHeader(bytes, out long epoch, out long headerFirst) && headerFirst == first;
        if (found.Epoch == 0 || (headerSound && epoch != found.Epoch))
        {
            found.Damaged++;
            disk.Rename(name, SetAside);
            disk.SyncDirectory();
            return;
        }

        var scan = new SegmentScan(bytes, Math.Min(SegmentFormat.HeaderBytes, bytes.Length), first);
        long last = first - 1, sound = Math.Min(SegmentFormat.HeaderBytes, bytes.Length);
        while (scan.MoveNext(out RecordPlace place) && place.Sequence < end)
        {
            found.Damaged += place.Sequence - last - 1;
            last = place.Sequence;
            sound = place.End;
        }

        bool isNewest = end == long.MaxValue;
        if (isNewest && last < first)
        {
            // The crash came before its first record was whole: it never held anything that counts, but its name does.
            found.TornBytes += bytes.Length;
            found.AcknowledgedThrough = found.Segments.Count == 0 ? Math.Max(found.AcknowledgedThrough, first - 1) : found.AcknowledgedThrough;
            disk.Delete(name);
            disk.SyncDirectory(); // else it might come back after the next crash and void the records that took its numbers
            return;
        }

        if (isNewest) Mend(file, bytes.Length, sound, headerSound, first, found);
        else found.Damaged += end - 1 - last;
        found.Segments.Add(new Segment { Name = name, First = first, Last = isNewest ? last : end - 1, Length = sound, FileLength = isNewest ? sound : bytes.Length });
    }

    private static void Mend(ISpoolFile file, long length, long sound, bool headerSound, long first, RecoveredLog found)
    {
        if (length == sound && headerSound) return;
        found.TornBytes += length - sound;
        byte[] header = new byte[SegmentFormat.HeaderBytes];
        SegmentFormat.WriteHeader(header, found.Epoch, first);
        file.Write(0, header);
        file.Truncate(sound);
        file.Sync();
    }

    private static long LengthOf(ISpoolDisk disk, string name)
    {
        using ISpoolFile file = disk.Open(name, create: false);
        return file.Length;
    }
}
