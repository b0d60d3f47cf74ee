using Fleet.Tests;

namespace Fleet.Grpc.Tests.Interop;

/// <summary>A test with grpcio at the other end; it is installed where that can be done, else the test is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonTheoryAttribute : TheoryAttribute
{
    private static readonly Lazy<string?> s_missing = new(() => DebianPackages.Missing(HasGrpc, "python3-grpcio", "python3-protobuf"));

    public PythonTheoryAttribute() => Skip = s_missing.Value;

    private static bool HasGrpc() =>
        DebianPackages.Run(Python.Interpreter, TimeSpan.FromMinutes(1), "-c", "import grpc, google.protobuf").ExitCode == 0;
}
