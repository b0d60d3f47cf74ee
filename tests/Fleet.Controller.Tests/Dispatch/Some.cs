using System.Security.Cryptography;
using Fleet.Controller.Dispatch;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Tests.Dispatch;

/// <summary>Things that tests need some of.</summary>
internal static class Some
{
    public static AgentRecord Agent(
        string id, DateTimeOffset now, string? name = null, params (string Key, string Value)[] labels) => new()
    {
        Id = id,
        Name = name ?? id,
        EnrollmentId = id,
        Labels = labels.ToDictionary(label => label.Key, label => label.Value),
        Facts = new Dictionary<string, string>(),
        CertificateSerial = id,
        CertificateNotAfter = now + TimeSpan.FromDays(90),
        EnrolledAt = now - TimeSpan.FromDays(1),
        EnrolledByToken = "t-0000000000000000",
    };

    public static NewJob NewJob(JobPlan plan, IReadOnlyList<NewTask> tasks, TaskSpec spec, JobOptions options) => new()
    {
        Id = plan.JobId,
        RequestId = Guid.NewGuid().ToString("N"),
        CreatedAt = plan.CreatedAt,
        OperatorId = "o-0000000000000000",
        OperatorName = "ann",
        Target = "all",
        Summary = "test",
        SpecBytes = spec.ToByteArray(),
        SpecDigest = SHA256.HashData(spec.ToByteArray()),
        OptionsBytes = options.ToByteArray(),
        Deadline = plan.DeadlineAt,
        Tasks = tasks,
    };
}
