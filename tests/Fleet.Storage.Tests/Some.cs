using System.Security.Cryptography;
using System.Text;

namespace Fleet.Storage.Tests;

/// <summary>Things to store, good in every respect but the one a test is about.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 11, 21, 9, 31, 15, TimeSpan.Zero);

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    public static TokenRecord AgentToken(string id = "tok1") => new()
    {
        Id = id,
        SecretHash = Hash(id),
        Kind = TokenKind.Agent,
        ExpiresAt = Time.AddDays(1),
        CreatedAt = Time,
        CreatedBy = "ann",
    };

    public static TokenRecord OperatorToken(string id = "optok1", OperatorRole role = OperatorRole.Operator) =>
        AgentToken(id) with { Kind = TokenKind.Operator, Role = role };

    public static AgentEnrollment Enrollment(string name = "web001", string token = "tok1") => new()
    {
        TokenHash = Hash(token),
        EnrollmentId = "enroll-" + name,
        AgentId = "id-" + name,
        Name = name,
        CertificateSerial = "serial-" + name,
        CertificateNotAfter = Time.AddDays(90),
        Version = "0.1.0",
        At = Time,
    };

    public static OperatorEnrollment OperatorEnrollment(string name = "ann", string token = "optok1") => new()
    {
        TokenHash = Hash(token),
        EnrollmentId = "enroll-" + name,
        OperatorId = "id-" + name,
        Name = name,
        CertificateSerial = "serial-" + name,
        CertificateNotAfter = Time.AddDays(90),
        At = Time,
    };

    public static NewJob Job(string id = "20261121-093115-k3f9", int tasks = 2) => new()
    {
        Id = id,
        RequestId = "request-" + id,
        CreatedAt = Time,
        OperatorId = "id-ann",
        OperatorName = "ann",
        Target = "web[001-002]",
        Summary = "uptime",
        SpecBytes = [1, 2, 3],
        SpecDigest = Hash("spec"),
        OptionsBytes = [4, 5],
        Tasks = [.. Enumerable.Range(1, tasks).Select(n => new NewTask($"id-web{n:000}", $"web{n:000}", Time.AddMinutes(5)))],
    };

    public static TaskEntry Event(NewJob job, int ordinal, TaskEventKind kind, long? agentSeq = null, byte[]? data = null) => new()
    {
        JobId = job.Id,
        Ordinal = ordinal,
        Kind = kind,
        At = Time.AddSeconds(1),
        AgentSeq = agentSeq,
        Data = data ?? [],
    };

    public static TaskEntry Dispatched(NewJob job, int ordinal, string to = "boot1/journal1") =>
        Event(job, ordinal, TaskEventKind.Dispatched) with { Move = new TaskMove(TaskState.Dispatched) { DispatchedTo = to } };

    public static TaskEntry Started(NewJob job, int ordinal, long agentSeq = 1) =>
        Event(job, ordinal, TaskEventKind.Started, agentSeq) with
        {
            Move = new TaskMove(TaskState.Running) { StartedAt = Time.AddSeconds(1) },
        };

    public static TaskEntry Ended(NewJob job, int ordinal, long agentSeq = 2, TaskState state = TaskState.Succeeded, byte[]? data = null) =>
        Event(job, ordinal, TaskEventKind.Ended, agentSeq, data ?? [7]) with
        {
            Move = new TaskMove(state)
            {
                EndedAt = Time.AddSeconds(2), ExitCode = state == TaskState.Succeeded ? 0 : 1, ResultBytes = [8, 9],
            },
        };
}
