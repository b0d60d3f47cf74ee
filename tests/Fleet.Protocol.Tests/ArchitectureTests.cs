namespace Fleet.Protocol.Tests;

public sealed class ArchitectureTests
{
    [Theory]
    [InlineData(2, 1, 62, Architectures.X86)]
    [InlineData(2, 1, 183, Architectures.Arm)]
    [InlineData(2, 2, 183, Architectures.Arm)]
    [InlineData(1, 1, 40, "armv7l")]
    [InlineData(1, 1, 3, "i686")]
    [InlineData(2, 1, 243, "riscv64")]
    [InlineData(1, 1, 62, "ELF machine 62, 32 bits")]
    public void A_program_says_what_it_is_for(byte size, byte order, byte machine, string expected)
    {
        var header = new byte[Architectures.ProgramHeaderBytes];
        ((byte[])[0x7f, (byte)'E', (byte)'L', (byte)'F', size, order]).CopyTo(header, 0);
        header[order == 1 ? 18 : 19] = machine;

        Architectures.TryReadProgram(header, out var architecture).ShouldBeTrue();
        architecture.ShouldBe(expected);
        Architectures.TryReadProgram(header.AsSpan(0, header.Length - 1), out _).ShouldBeFalse();
    }

    [Fact]
    public void A_script_is_for_none_and_this_hosts_programs_are_for_it()
    {
        Architectures.TryReadProgram("#!/bin/sh\nexec something\n"u8, out _).ShouldBeFalse();
        Architectures.TryReadProgram(File.ReadAllBytes("/proc/self/exe").AsSpan(0, 64), out var own).ShouldBeTrue();
        own.ShouldBe(Architectures.OfHost);
    }

    [Theory]
    [InlineData("fleet-agent-1.2.3-linux-x64.tar.gz", "1.2.3", Architectures.X86)]
    [InlineData("fleet-agent-1.2.3-rc1-linux-arm64.tar.gz", "1.2.3-rc1", Architectures.Arm)]
    public void An_artifacts_name_holds_version_and_architecture(string name, string version, string architecture)
    {
        ArtifactNames.Of(version, architecture).ShouldBe(name);
        ArtifactNames.TryRead(name, out var read, out var of).ShouldBeTrue();
        (read, of).ShouldBe((version, architecture));
    }

    [Theory]
    [InlineData("fleet-agent-1.2.3-linux-riscv64.tar.gz")]
    [InlineData("fleet-agent--linux-arm64.tar.gz")]
    [InlineData("fleet-agent-linux-arm64.tar.gz")]
    [InlineData("fleet-agent-1/2-linux-x64.tar.gz")]
    public void Other_names_are_none(string name) => ArtifactNames.TryRead(name, out _, out _).ShouldBeFalse();
}
