using System.Runtime.CompilerServices;

namespace Fleet.Storage;

/// <summary>What providers check before they store it: a caller's mistake is named at once instead of found in the data later.</summary>
internal static class StoreArguments
{
    /// <summary>Ids and names are this long at most, in characters.</summary>
    public const int LongestId = 256;

    private const int LongestFindingId = 64;
    private const int MostFindings = 10_000;

    /// <summary>
    /// An id or a name: some text, without control characters and broken surrogate pairs, which would not survive storing.
    /// </summary>
    public static void Id(string value, [CallerArgumentExpression(nameof(value))] string? what = null)
    {
        if (value.Length is 0 or > LongestId)
            throw new ArgumentException($"{what} must have 1 to {LongestId} characters, not {value.Length}", what);
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsControl(value[i]))
                throw new ArgumentException($"{what} holds a control character at position {i}", what);
            if (char.IsSurrogate(value[i]) && (!char.IsHighSurrogate(value[i]) || ++i == value.Length || !char.IsLowSurrogate(value[i])))
                throw new ArgumentException($"{what} holds half a character at position {i}", what);
        }
    }

    /// <summary>A SHA-256.</summary>
    public static void Hash(byte[] value, [CallerArgumentExpression(nameof(value))] string? what = null)
    {
        if (value.Length != 32)
            throw new ArgumentException($"{what} must have 32 bytes, not {value.Length}", what);
    }

    public static void Token(TokenRecord token)
    {
        Id(token.Id, "token.Id");
        Hash(token.SecretHash, "token.SecretHash");
        if ((token.Kind == TokenKind.Operator) != token.Role.HasValue)
            throw new ArgumentException("an operator's token needs a role, and an agent's token has none", nameof(token));
        if (token.MaxUses is < 1)
            throw new ArgumentException("a token must be usable at least once", nameof(token));
    }

    public static void Enrollment(AgentEnrollment enrollment)
    {
        Id(enrollment.AgentId);
        Id(enrollment.EnrollmentId);
        Id(enrollment.Name);
        Id(enrollment.CertificateSerial);
    }

    public static void Enrollment(OperatorEnrollment enrollment)
    {
        Id(enrollment.OperatorId);
        Id(enrollment.EnrollmentId);
        Id(enrollment.Name);
        Id(enrollment.CertificateSerial);
    }

    public static void Operator(OperatorRecord record)
    {
        Id(record.Id);
        Id(record.EnrollmentId);
        Id(record.Name);
        Id(record.CertificateSerial);
    }

    /// <summary>Returns about how many bytes the job takes.</summary>
    public static int Job(NewJob job)
    {
        Id(job.Id);
        Id(job.RequestId);
        Id(job.OperatorId);
        Id(job.OperatorName);
        Hash(job.SpecDigest);
        if (job.Tasks.Count == 0)
            throw new ArgumentException("a job needs at least one task", nameof(job));
        foreach (var task in job.Tasks)
        {
            Id(task.AgentId);
            Id(task.AgentName);
        }

        // A task's row takes about 100 bytes.
        return job.SpecBytes.Length + job.OptionsBytes.Length + (100 * job.Tasks.Count);
    }

    public static void Tasks(TaskQuery query)
    {
        if (query.Limit < 1)
            throw new ArgumentException($"a page has at least 1 task, not {query.Limit}", nameof(query));
    }

    /// <summary>Returns about how many bytes the entries take.</summary>
    public static int Entries(IReadOnlyList<TaskEntry> entries)
    {
        var bytes = 0;
        foreach (var entry in entries)
        {
            EntryCheck.Check(entry);
            bytes += 100 + entry.Data.Length + (entry.Move?.ResultBytes?.Length ?? 0);
        }

        return bytes;
    }

    /// <summary>Returns about how many bytes the findings take.</summary>
    public static int Findings(IReadOnlyList<Finding> findings)
    {
        var bytes = 0;
        foreach (var finding in findings)
        {
            Id(finding.Scan, nameof(findings));
            Id(finding.AgentId, nameof(findings));
            if (finding.Id.Length is 0 or > LongestFindingId)
                throw new ArgumentException($"a finding's id must have 1 to {LongestFindingId} bytes, not {finding.Id.Length}", nameof(findings));
            bytes += 200 + finding.Text.Length + finding.Data.Length;
        }

        return bytes;
    }

    public static void Findings(FindingQuery query)
    {
        if (query.Limit is < 1 or > MostFindings)
            throw new ArgumentException($"the limit must lie between 1 and {MostFindings}, not {query.Limit}", nameof(query));
    }
}
