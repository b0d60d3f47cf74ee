using System.Text;
using Fleet.LogSearch.Matching;

namespace Fleet.LogSearch.Journal;

/// <summary>The conditions on a journal's fields, as sets of the data objects that fulfil them.</summary>
/// <remarks>A journal stores each distinct <c>FIELD=value</c> once, so each is judged once, however many entries have it.</remarks>
internal sealed class JournalConditions
{
    private readonly Group[] _groups;

    public JournalConditions(IReadOnlyList<FieldFilter> filters)
    {
        _groups = filters.Select(Canonical).GroupBy(filter => (Excludes(filter) ? "!" : "") + filter.Field)
            .Select(group => group.ToArray())
            .Select(group => new Group(Encoding.UTF8.GetBytes(group[0].Field + "="), Excludes(group[0]), group))
            .ToArray();
    }

    private static bool Excludes(FieldFilter filter) => filter.Comparison == FieldComparison.NotEqual;

    private sealed record Group(byte[] Prefix, bool Excludes, FieldFilter[] Filters)
    {
        public HashSet<long> Objects { get; } = [];
    }

    public bool Any => _groups.Length > 0;

    /// <summary>Forgets the objects of the file before.</summary>
    public void Clear()
    {
        foreach (Group group in _groups)
        {
            group.Objects.Clear();
        }
    }

    /// <summary>Judges a data object.</summary>
    public void See(long offset, ReadOnlySpan<byte> payload)
    {
        foreach (Group group in _groups)
        {
            if (!payload.StartsWith(group.Prefix))
            {
                continue;
            }

            string value = Encoding.UTF8.GetString(payload[group.Prefix.Length..]);
            bool listed = group.Excludes ? Array.Exists(group.Filters, filter => !filter.Accepts(value)) : Array.Exists(group.Filters, filter => filter.Accepts(value));
            if (listed)
            {
                group.Objects.Add(offset);
            }
        }
    }

    /// <summary>Whether an entry with these data objects fulfils all conditions.</summary>
    public bool Accept(ReadOnlySpan<long> items)
    {
        foreach (Group group in _groups)
        {
            bool any = false;
            foreach (long item in items)
            {
                any |= group.Objects.Contains(item);
            }

            if (any == group.Excludes)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Puts the operators' words in the journal's: <c>unit=ssh</c>, <c>priority&lt;=err</c>.</summary>
    private static FieldFilter Canonical(FieldFilter filter)
    {
        string sign = filter.Comparison switch
        {
            FieldComparison.Equal => "=",
            FieldComparison.NotEqual => "!=",
            FieldComparison.AtMost => "<=",
            FieldComparison.AtLeast => ">=",
            _ => "~",
        };
        bool exact = filter.Comparison is FieldComparison.Equal or FieldComparison.NotEqual;
        return filter.Field switch
        {
            "unit" => FieldFilter.Parse($"_SYSTEMD_UNIT{sign}{(exact && !filter.Value.Contains('.', StringComparison.Ordinal) ? filter.Value + ".service" : filter.Value)}"),
            "priority" => FieldFilter.Parse($"PRIORITY{sign}{FieldFilter.Severity(filter.Value)}"),
            "identifier" => FieldFilter.Parse($"SYSLOG_IDENTIFIER{sign}{filter.Value}"),
            "pid" => FieldFilter.Parse($"_PID{sign}{filter.Value}"),
            "boot" => FieldFilter.Parse($"_BOOT_ID{sign}{filter.Value.Replace("-", "", StringComparison.Ordinal)}"),
            _ => filter,
        };
    }
}
