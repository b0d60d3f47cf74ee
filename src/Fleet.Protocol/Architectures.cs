using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Fleet.Protocol;

/// <summary>Architectures of hosts by the names that <c>uname -m</c> has for them; agents are made for some of them.</summary>
public static class Architectures
{
    /// <summary>64-bit x86. Agents and controllers that say nothing else mean this one: there was no other at first.</summary>
    public const string X86 = "x86_64";

    /// <summary>64-bit ARM.</summary>
    public const string Arm = "aarch64";

    /// <summary>How many bytes of a program <see cref="TryReadProgram"/> needs.</summary>
    public const int ProgramHeaderBytes = 20;

    private const int ClassOffset = 4;
    private const int DataOffset = 5;
    private const int MachineOffset = 18;

    /// <summary>Those that agents are made for.</summary>
    public static IReadOnlyList<string> OfAgents { get; } = [X86, Arm];

    /// <summary>That of this host.</summary>
    public static string OfHost { get; } = RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => X86,
        Architecture.Arm64 => Arm,
        Architecture.X86 => "i686",
        Architecture.Arm => "armv7l",
        var other => other.ToString().ToUpperInvariant(),
    };

    // The first bytes of a program, e_ident (elf(5)).
    private static ReadOnlySpan<byte> Magic => [0x7f, (byte)'E', (byte)'L', (byte)'F'];

    /// <summary>Reads from its first bytes what a program is for; false where it is no program of Linux, such as a script.</summary>
    public static bool TryReadProgram(ReadOnlySpan<byte> beginning, [NotNullWhen(true)] out string? architecture)
    {
        architecture = null;
        if (beginning.Length < ProgramHeaderBytes || !beginning.StartsWith(Magic))
            return false;
        var machine = beginning[DataOffset] == 2
            ? BinaryPrimitives.ReadUInt16BigEndian(beginning[MachineOffset..])
            : BinaryPrimitives.ReadUInt16LittleEndian(beginning[MachineOffset..]);
        var bits = beginning[ClassOffset] == 2 ? 64 : 32;
        architecture = (machine, bits) switch
        {
            (62, 64) => X86,
            (183, 64) => Arm,
            (3, 32) => "i686",
            (40, 32) => "armv7l",
            (243, 64) => "riscv64",
            _ => $"ELF machine {machine}, {bits} bits",
        };
        return true;
    }
}
