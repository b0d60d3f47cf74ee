using Fleet.Agent.Journal;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Journal;

/// <summary>Whatever becomes of the bytes of a file: what stands before the damage is kept, nothing behind it is believed.</summary>
public sealed class JournalFuzzTests : IDisposable
{
    private const int Rounds = 400;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_file_cut_anywhere_keeps_every_whole_record_before_the_cut()
    {
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            var ends = Write(random, out var path);
            var cut = random.NextInt64(0, new FileInfo(path).Length + 1);
            using (var file = File.OpenWrite(path))
                file.SetLength(cut);

            Check(path, ends.Count(e => e <= cut), $"round {round}, cut at {cut}");
        }
    }

    [Fact]
    public void A_damaged_byte_ends_the_file_before_the_record_that_it_is_in()
    {
        var random = new Random(2);
        for (var round = 0; round < Rounds; round++)
        {
            var ends = Write(random, out var path);
            var bytes = File.ReadAllBytes(path);
            var place = random.Next(bytes.Length);
            bytes[place] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(path, bytes);

            Check(path, ends.Count(e => e <= place), $"round {round}, damage at {place}");
        }
    }

    [Fact]
    public void Rubbish_is_no_journal_and_harms_nothing()
    {
        var random = new Random(3);
        for (var round = 0; round < Rounds; round++)
        {
            var ends = Write(random, out var path);
            var rubbish = new byte[random.Next(200)];
            random.NextBytes(rubbish);
            if (random.Next(2) == 0)
            {
                File.WriteAllBytes(path, rubbish);
                Check(path, 0, $"round {round}, rubbish alone");
            }
            else
            {
                using (var file = new FileStream(path, FileMode.Append))
                    file.Write(rubbish);
                Check(path, ends.Count, $"round {round}, rubbish behind");
            }
        }
    }

    // Returns where each record ends; the header is not among them.
    private List<long> Write(Random random, out string path)
    {
        var state = State();
        state.Create();
        path = state.TaskLog(Some.Task);
        File.Delete(path);
        var ends = new List<long>();
        using var log = TaskLog.Create(Some.Task, path, new TaskLogHeader("journal", "boot", 7, DateTimeOffset.UnixEpoch), new JournalUsage(1 << 30));
        var count = random.Next(0, 8);
        for (var i = 0; i < count; i++)
        {
            var data = new byte[random.Next(3) == 0 ? random.Next(70_000) : random.Next(100)];
            random.NextBytes(data);
            log.Append(new TaskRecord { AtMs = i, Output = new OutputChunk { Data = ByteString.CopyFrom(data) } });
            ends.Add(log.Bytes);
        }

        return ends;
    }

    private void Check(string path, int records, string what)
    {
        using (var journal = new TaskJournal(State(), "boot", 1 << 30, TimeProvider.System, NullLogger<TaskJournal>.Instance))
        {
            var log = journal.Find(Some.Task);
            (log?.LastSeq ?? 0).ShouldBe((ulong)records, what);
            if (log is null)
            {
                File.Exists(path).ShouldBeFalse(what);
                return;
            }

            var position = default(LogPosition);
            var read = new List<TaskRecord>();
            while (log.Read(ref position, 1 << 20, read) > 0)
            {
            }

            read.Count.ShouldBe(records, what);
            // It can be written on.
            journal.Append(log, Some.Ended());
        }

        using var again = new TaskJournal(State(), "boot", 1 << 30, TimeProvider.System, NullLogger<TaskJournal>.Instance);
        again.Find(Some.Task)!.LastSeq.ShouldBe((ulong)records + 1, what);
    }

    private StateDirectory State() => new(_directory.Path);
}
