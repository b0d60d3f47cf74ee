using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Grpc.Net.Client.Calls;
using Grpc.Wire;

namespace Fleet.Grpc.Tests.Wire;

/// <summary>The two frame readers against everything: cut, mutated and random bytes.</summary>
public sealed class FrameTests
{
    private const int Limit = 1000;

    private static readonly Func<DeserializationContext, byte[]> Copy = context => context.PayloadAsNewBuffer();

    [Fact]
    public void Messages_cut_anywhere_come_out_whole() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[][]>(), ArbMap.Default.ArbFor<int>(), (payloads, seed) =>
        {
            var bytes = payloads.SelectMany(payload => Hosting.RawCall.Frame(payload)).ToArray();
            var taken = TakeAll(Cut(bytes, new Random(seed)));
            return taken.Select(Convert.ToHexString).SequenceEqual(payloads.Select(Convert.ToHexString));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_client_reads_messages_cut_anywhere() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[][]>(), ArbMap.Default.ArbFor<int>(), (payloads, seed) =>
        {
            var bytes = payloads.SelectMany(payload => Hosting.RawCall.Frame(payload)).ToArray();
            var read = ReadAll(new ChoppyStream(bytes, new Random(seed)));
            return read.Select(Convert.ToHexString).SequenceEqual(payloads.Select(Convert.ToHexString));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_and_mutated_bytes_give_messages_or_a_status_and_nothing_else()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Mutate(random);
            var arrived = Cut(bytes, random);
            Tolerate(() => TakeAll(arrived));
            Tolerate(() => ReadAll(new ChoppyStream(bytes, random)));
        }
    }

    [Fact]
    public void A_header_alone_makes_the_client_set_little_memory_aside()
    {
        var header = Hosting.RawCall.Frame([], length: 1 << 30);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Tolerate(() => ReadAll(new ChoppyStream(header, new Random(1)), maxBytes: null));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    private static byte[] Mutate(Random random)
    {
        if (random.Next(4) == 0)
        {
            var noise = new byte[random.Next(64)];
            random.NextBytes(noise);
            return noise;
        }

        var frames = Enumerable.Range(0, random.Next(1, 4))
            .SelectMany(_ => Hosting.RawCall.Frame(new byte[random.Next(40)], (byte)random.Next(2)))
            .ToArray();
        for (var flips = random.Next(4); flips > 0; flips--)
            frames[random.Next(frames.Length)] = (byte)random.Next(256);

        return frames[..random.Next(frames.Length + 1)];
    }

    private static void Tolerate(Action read)
    {
        try
        {
            read();
        }
        catch (RpcException refused)
        {
            refused.StatusCode.ShouldBeOneOf(StatusCode.Internal, StatusCode.ResourceExhausted);
        }
    }

    private static List<byte[]> TakeAll(ReadOnlySequence<byte> arrived)
    {
        var decoder = new MessageDecoder("gzip", Limit);
        var messages = new List<byte[]>();
        while (FrameHeader.TryTake(ref arrived, Limit, out var header, out var payload))
            messages.Add(decoder.Decode(header, payload, Copy));

        return arrived.IsEmpty ? messages : throw FrameHeader.Truncated();
    }

    private static List<byte[]> ReadAll(Stream stream, int? maxBytes = Limit)
    {
        var reader = new ResponseReader(stream, new MessageDecoder("gzip", maxBytes));
        var messages = new List<byte[]>();
        while (true)
        {
            var reading = reader.ReadAsync(Copy, CancellationToken.None).AsTask();
            reading.IsCompleted.ShouldBeTrue("the stream never waits");
            var (found, message) = reading.GetAwaiter().GetResult();
            if (!found)
                return messages;

            messages.Add(message!);
        }
    }

    private static ReadOnlySequence<byte> Cut(byte[] bytes, Random random)
    {
        var first = new Segment(ReadOnlyMemory<byte>.Empty, null);
        var last = first;
        for (var at = 0; at < bytes.Length;)
        {
            var length = random.Next(1, bytes.Length - at + 1);
            last = new Segment(bytes.AsMemory(at, length), last);
            at += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;

            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
