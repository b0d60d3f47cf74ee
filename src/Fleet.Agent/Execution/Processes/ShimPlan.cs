using System.Text;

namespace Fleet.Agent.Execution.Processes;

/// <summary>What the exec shim is to become; handed over in a memory file, not in arguments that every user can read.</summary>
/// <param name="Cgroups">Directories of the cgroups to enter, first of all.</param>
/// <param name="UserName">The user to become; empty to stay who the agent is.</param>
/// <param name="UserId">Its number.</param>
/// <param name="GroupId">Its main group.</param>
/// <param name="Directory">Where to go.</param>
/// <param name="Program">What to execute.</param>
/// <param name="Arguments">Its arguments, the name first.</param>
/// <param name="Environment">Its environment.</param>
internal sealed record ShimPlan(
    IReadOnlyList<string> Cgroups,
    string UserName,
    uint UserId,
    uint GroupId,
    string Directory,
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Environment)
{
    private const int MaxBytes = 64 << 20;

    internal byte[] Encode()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        WriteAll(writer, Cgroups);
        writer.Write(UserName);
        writer.Write(UserId);
        writer.Write(GroupId);
        writer.Write(Directory);
        writer.Write(Program);
        WriteAll(writer, Arguments);
        WriteAll(writer, Environment);
        writer.Flush();
        return stream.ToArray();
    }

    internal static ShimPlan Decode(Stream stream)
    {
        if (stream.Length > MaxBytes)
            throw new InvalidDataException("The plan is too large.");
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        return new ShimPlan(
            ReadAll(reader, stream), reader.ReadString(), reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadString(), reader.ReadString(),
            ReadAll(reader, stream), ReadAll(reader, stream));
    }

    private static void WriteAll(BinaryWriter writer, IReadOnlyList<string> strings)
    {
        writer.Write(strings.Count);
        foreach (var text in strings)
            writer.Write(text);
    }

    private static List<string> ReadAll(BinaryReader reader, Stream stream)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > stream.Length)
            throw new InvalidDataException("The plan is damaged.");
        var strings = new List<string>(count);
        for (var i = 0; i < count; i++)
            strings.Add(reader.ReadString());
        return strings;
    }
}
