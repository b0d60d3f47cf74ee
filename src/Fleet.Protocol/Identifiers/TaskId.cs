using System.Globalization;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identifiers;

/// <summary>Names one task of a job, its run on one agent: the job's id, a dot and the task's ordinal, <c>20261121-010203-7k3m.17</c>.</summary>
/// <param name="Job">The job.</param>
/// <param name="Ordinal">The task's number in the job, from 1; 0 only in the default value.</param>
public readonly record struct TaskId(JobId Job, int Ordinal) : IComparable<TaskId>
{
    /// <summary>Names a task.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal is below 1.</exception>
    public static TaskId Of(JobId job, int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ordinal, 1);
        return new TaskId(job, ordinal);
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FleetFormatException">The text has another form.</exception>
    public static TaskId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var id) ? id : throw new FleetFormatException(text, new ParseError(
            1, "this is not a task id", "it reads like 20261121-010203-7k3m.17: a job id, a dot and a number from 1"));
    }

    /// <summary>Reads an id; false where the text has another form. A number with leading zeros has another form.</summary>
    public static bool TryParse(string? text, out TaskId id)
    {
        id = default;
        var dot = text?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        if (dot < 0 || !JobId.TryParse(text![..dot], out var job))
            return false;

        var digits = text.AsSpan(dot + 1);
        if (digits.IsEmpty || digits[0] == '0' || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal))
            return false;

        id = new TaskId(job, ordinal);
        return true;
    }

    /// <summary>Orders by job, then by number.</summary>
    public int CompareTo(TaskId other) => Job == other.Job ? Ordinal.CompareTo(other.Ordinal) : Job.CompareTo(other.Job);

    /// <summary>The text that <see cref="Parse"/> reads; empty for the default value.</summary>
    public override string ToString() =>
        Ordinal == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Job}.{Ordinal}");

    /// <summary>Orders by job, then by number.</summary>
    public static bool operator <(TaskId left, TaskId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by job, then by number.</summary>
    public static bool operator >(TaskId left, TaskId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by job, then by number.</summary>
    public static bool operator <=(TaskId left, TaskId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by job, then by number.</summary>
    public static bool operator >=(TaskId left, TaskId right) => left.CompareTo(right) >= 0;
}
