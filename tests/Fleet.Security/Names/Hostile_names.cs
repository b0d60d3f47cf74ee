using System.Security.Cryptography;
using Fleet.Protocol.V1;
using Fleet.Security.Client;
using Google.Protobuf;
using CertificateRequest = System.Security.Cryptography.X509Certificates.CertificateRequest;

namespace Fleet.Security.Names;

/// <summary>Names, labels and notes that would do something to a terminal, a log, a path or a reader.</summary>
[Collection(OneFleet.Name)]
public sealed class Hostile_names(FleetUnderAttack fleet)
{
    private static readonly string[] s_names =
    [
        "", " ", ".", "..", "../web1", "/etc/passwd", "web1/../web2", "a b", "-rf", "--help", "a\nb", "a\rb", "a\tb", "a\0b", "\u001b[2Jx", "a\u0007", "a\u009bx", "a;id", "$(id)", "`id`", "a'b", "a\"b",
        "a,b", "web[1-9]", "web*", "!web1", "@web", "a=b", "a|b", "a\u202eb", "a\u200bb", "\ufeffa", "wéb1", "web１", "a_b c", new string('x', 300), new string('x', 10_000), "WEB1",
    ];

    // What one line of text must not hold, whoever writes it.
    private static readonly string[] s_unclean = ["a\nb", "a\rb", "a\tb", "a\0b", "\u001b]0;x\u0007", "a\u009bm", "a\u202eb", "a\u200bb", "a\u2028b", "a\U000e0041b"];

    // Texts that are only too long.
    private static readonly string s_long = new('x', 10_000);

    [Fact]
    public async Task A_host_with_such_a_name_does_not_join()
    {
        var token = await fleet.Fleet.CreateTokenAsync("--uses", "100");
        using var client = new ForeignClient(fleet.Address);
        var before = await fleet.RunAsync("agents", "list");

        var taken = new List<string>();
        foreach (var name in s_names)
        {
            var answer = await client.CallAsync("/fleet.v1.Enrollment/EnrollAgent", new EnrollAgentRequest { Token = token, EnrollmentId = Guid.NewGuid().ToString("N"), Name = name, Csr = Csr() });
            if (answer.Status is 0 or null || answer.Detail.Any(char.IsControl))
                taken.Add($"\"{Escaped(name)}\": {answer}");
        }

        taken.ShouldBeEmpty();
        (await fleet.RunAsync("agents", "list")).Split('\n').Length.ShouldBe(before.Split('\n').Length);
        // The token was good, so it was the names.
        (await client.CallAsync("/fleet.v1.Enrollment/EnrollAgent", new EnrollAgentRequest { Token = token, EnrollmentId = Guid.NewGuid().ToString("N"), Name = "good", Csr = Csr() })).Status.ShouldBe(0);
        await fleet.RunAsync("agents", "remove", "good", "--yes");
    }

    [Fact]
    public async Task An_operator_with_such_a_name_does_not_join()
    {
        var token = await fleet.Fleet.CreateTokenAsync("--operator", "viewer", "--uses", "100");
        using var client = new ForeignClient(fleet.Address);

        var taken = new List<string>();
        // Operators' names may have capitals, and no operator is called web1: WEB1 is a good one.
        foreach (var name in s_names.SkipLast(1))
        {
            var answer = await client.CallAsync("/fleet.v1.Enrollment/EnrollOperator", new EnrollOperatorRequest { Token = token, EnrollmentId = Guid.NewGuid().ToString("N"), Name = name, Csr = Csr() });
            if (answer.Status is 0 or null || answer.Detail.Any(char.IsControl))
                taken.Add($"\"{Escaped(name)}\": {answer}");
        }

        taken.ShouldBeEmpty();
        (await client.CallAsync("/fleet.v1.Enrollment/EnrollOperator", new EnrollOperatorRequest { Token = token, EnrollmentId = Guid.NewGuid().ToString("N"), Name = "_Good.name+x@example.org", Csr = Csr() })).Status.ShouldBe(0);
    }

    [Fact]
    public async Task One_line_of_text_is_one_clean_line_wherever_it_is_written()
    {
        using var admin = fleet.ConnectAs("ada");

        var taken = new List<string>();
        foreach (var text in s_unclean.Append(s_long))
        {
            var label = new SetLabelsRequest { Target = new TargetSelection { Expression = "web1" } };
            label.Set["role"] = text;
            (string Method, IMessage Message)[] calls =
            [
                ("/fleet.v1.Agents/SetLabels", label),
                ("/fleet.v1.Tokens/CreateToken", new CreateTokenRequest { Kind = TokenKind.Agent, LifetimeMs = 60_000, MaxUses = 1, Note = text }),
                ("/fleet.v1.Alerts/CreateSilence", new CreateSilenceRequest { Scan = "*", DurationMs = 3_600_000, Comment = text }),
                ("/fleet.v1.Alerts/AcknowledgeAlerts", new AcknowledgeAlertsRequest { Ids = { "a-0123456789abcdef" }, Comment = text }),
                ("/fleet.v1.Scans/ApplyScans", Scan(scan => scan.Name = text)),
                ("/fleet.v1.Scans/ApplyScans", Scan(scan => scan.Description = text)),
                ("/fleet.v1.Scans/ApplyScans", Scan(scan => scan.Order.Sources[0].Files.Path = "/var/log/" + text)),
                ("/fleet.v1.Scans/ApplyScans", Scan(scan => scan.Order.Patterns[0].Pattern.Name = text)),
                ("/fleet.v1.Jobs/CreateJob", Job(spec => spec.RunAs = text)),
                ("/fleet.v1.Jobs/CreateJob", Job(spec => spec.WorkingDirectory = "/" + text)),
                ("/fleet.v1.Jobs/CreateJob", Job(spec => spec.Steps[0].Script.Name = text)),
                ("/fleet.v1.Logs/Tail", new TailRequest { Target = new TargetSelection { Expression = "web1" }, Order = new TailOrder { Sources = { new LogSource { Files = new FileLogSource { Path = "/var/log/" + text } } } } }),
            ];
            foreach (var (method, message) in calls)
            {
                var answer = await admin.CallAsync(method, message);
                if (answer.Status != Answer.InvalidArgument || answer.Detail.Any(char.IsControl))
                    taken.Add($"{method} \"{Escaped(text)}\": {answer}");
            }
        }

        taken.ShouldBeEmpty();

        // The requests are good but for the text.
        (await admin.CallAsync("/fleet.v1.Scans/ApplyScans", Scan(scan => scan.Description = "wéb １"))).Status.ShouldBe(0);
        await fleet.RunAsync("scan", "delete", "corpus", "--yes");
        (await admin.CallAsync("/fleet.v1.Jobs/CreateJob", Job(spec => spec.RunAs = ""))).Status.ShouldBe(0);
    }

    [Fact]
    public async Task A_signing_request_that_is_none_or_of_another_kind_gives_no_certificate()
    {
        var token = await fleet.Fleet.CreateTokenAsync("--uses", "100");
        using var client = new ForeignClient(fleet.Address);
        using var rsa = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var broken = Csr().ToByteArray();
        broken[^5] ^= 1;
        ByteString[] requests =
        [
            ByteString.Empty, ByteString.CopyFrom(new byte[1 << 20]), ByteString.CopyFromUtf8("-----BEGIN CERTIFICATE REQUEST-----"), ByteString.CopyFrom(broken),
            ByteString.CopyFrom(new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest()),
            ByteString.CopyFrom(new CertificateRequest("CN=x", p384, HashAlgorithmName.SHA384).CreateSigningRequest()),
        ];
        for (var i = 0; i < requests.Length; i++)
        {
            var answer = await client.CallAsync("/fleet.v1.Enrollment/EnrollAgent", new EnrollAgentRequest { Token = token, EnrollmentId = Guid.NewGuid().ToString("N"), Name = $"csr{i}", Csr = requests[i] });
            answer.Status.ShouldBe(Answer.InvalidArgument, $"request {i}: {answer}");
        }
    }

    private static ByteString Csr()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ByteString.CopyFrom(new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSigningRequest());
    }

    private static ApplyScansRequest Scan(Action<ScanDefinition> change)
    {
        var scan = new ScanDefinition
        {
            Name = "corpus",
            Target = "web1",
            Order = new ScanOrder
            {
                Sources = { new LogSource { Files = new FileLogSource { Path = "/var/log/nothing.log" } } },
                Patterns = { new ScanPattern { Pattern = new LogPattern { Name = "p", Text = "x" }, Severity = Severity.Error } },
            },
        };
        change(scan);
        return new ApplyScansRequest { Scans = { scan } };
    }

    private static CreateJobRequest Job(Action<TaskSpec> change)
    {
        var spec = new TaskSpec { Steps = { new Step { Script = new Script { Name = "x.sh", Content = ByteString.CopyFromUtf8("#!/bin/sh\n") } } }, RunTimeoutMs = 1000 };
        var request = new CreateJobRequest
        {
            RequestId = Guid.NewGuid().ToString("N"), Target = new TargetSelection { Expression = "web1" }, Summary = "x", Options = new JobOptions { DeliveryTimeoutMs = 1000 },
        };
        change(spec);
        request.Spec = spec.ToByteString();
        request.SpecSha256 = ByteString.CopyFrom(SHA256.HashData(request.Spec.Span));
        return request;
    }

    private static string Escaped(string text) => string.Concat(text.Take(40).Select(c => c is < ' ' or > '~' ? $"\\u{(int)c:x4}" : c.ToString()));
}
