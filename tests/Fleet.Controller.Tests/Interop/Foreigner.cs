using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Tests.Hosting;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Interop;

/// <summary>A program in another language, with the contract and certificates as files. Ends with the test.</summary>
internal sealed class Foreigner : IDisposable
{
    public const string Python = "python";
    public const string Node = "node";
    private readonly TemporaryDirectory _directory;
    private readonly Process _process;

    private Foreigner(TemporaryDirectory directory, Process process) => (_directory, _process) = (directory, process);

    /// <summary>Plays cases as a client, and says what it printed.</summary>
    /// <param name="language">Which one.</param>
    /// <param name="directory">For its files.</param>
    /// <param name="arguments">Between the contract and the cases.</param>
    /// <param name="cases">The cases.</param>
    public static async Task<(string Output, string Errors)> PlayAsync(string language, TemporaryDirectory directory, string[] arguments, string[] cases)
    {
        using var process = Start(language, "client", directory, [.. arguments, .. cases]);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeLimit.Default * 2);
        return (await output, await errors);
    }

    /// <summary>Starts a server with this certificate.</summary>
    public static async Task<(Foreigner Server, Uri Address)> ServeAsync(string language, X509Certificate2 certificate)
    {
        var directory = new TemporaryDirectory();
        Write(directory, "server", certificate);
        var process = Start(language, "server", directory, [System.IO.Path.Combine(directory.Path, "server.pem"), System.IO.Path.Combine(directory.Path, "server.key")]);
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeLimit.Default)
            ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        return (new Foreigner(directory, process), new Uri($"https://127.0.0.1:{port}"));
    }

    /// <summary>Writes NAME.pem and NAME.key.</summary>
    public static void Write(TemporaryDirectory directory, string name, X509Certificate2 certificate)
    {
        File.WriteAllText(directory.New(name + ".pem"), certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(directory.New(name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        // It ends with its input.
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeLimit.Default))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _directory.Dispose();
    }

    private static Process Start(string language, string program, TemporaryDirectory directory, string[] arguments)
    {
        var isPython = language == Python;
        var script = System.IO.Path.Combine(AppContext.BaseDirectory, "Interop", $"{program}.{(isPython ? "py" : "js")}");
        var start = new ProcessStartInfo(isPython ? "/usr/bin/python3" : "node", [script, isPython ? WriteDescriptors(directory) : Repository.At("proto"), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = "/usr/local/lib/node_modules";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return Process.Start(start)!;
    }

    private static string WriteDescriptors(TemporaryDirectory directory)
    {
        var set = new FileDescriptorSet();
        var seen = new HashSet<string>();
        foreach (var file in new[]
        {
            V1.AgentLinkReflection.Descriptor, V1.ArtifactsReflection.Descriptor, V1.AccessReflection.Descriptor, V1.ControlReflection.Descriptor,
            V1.EnrollmentReflection.Descriptor, V1.JobsReflection.Descriptor,
        })
            Add(file);
        var path = directory.New("contract.bin");
        File.WriteAllBytes(path, set.ToByteArray());
        return path;

        void Add(FileDescriptor file)
        {
            if (!seen.Add(file.Name))
                return;
            foreach (var dependency in file.Dependencies)
                Add(dependency);
            set.File.Add(file.ToProto());
        }
    }
}
