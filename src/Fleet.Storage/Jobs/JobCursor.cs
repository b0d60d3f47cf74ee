using System.Globalization;

namespace Fleet.Storage;

/// <summary>Where a page of jobs begins: creation time and key of the last job of the page before. The same text from every provider.</summary>
internal readonly record struct JobCursor(long CreatedAt, long Key)
{
    private const int LargestPage = 1000;

    /// <summary>Checks what a caller asks for.</summary>
    /// <exception cref="ArgumentException">The cursor is none, or the limit is out of range.</exception>
    public static void Check(JobQuery query)
    {
        if (query.Limit is < 1 or > LargestPage)
            throw new ArgumentException($"a page has 1 to {LargestPage} jobs, not {query.Limit}", nameof(query));
        if (query.After is not null && Parse(query.After) is null)
            throw new ArgumentException($"'{query.After}' does not name a page: take it from the page before", nameof(query));
    }

    public static JobCursor? Parse(string cursor)
    {
        var parts = cursor.Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var createdAt)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var key)
                ? new JobCursor(createdAt, key)
                : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CreatedAt}.{Key}");
}
