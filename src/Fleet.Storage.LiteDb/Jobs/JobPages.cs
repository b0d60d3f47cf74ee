namespace Fleet.Storage.LiteDb;

/// <summary>Pages of jobs, newest first, along the index by age.</summary>
internal static class JobPages
{
    public static JobPage Read(Database database, JobQuery query)
    {
        var after = query.After is null ? null : JobCursor.Parse(query.After);
        var first = Key.Of(query.Since?.ToUnixTimeMilliseconds() ?? long.MinValue, long.MinValue);
        // Keys are 1 and more: the one before the place of the page before.
        var last = after is { } place ? Key.Of(place.CreatedAt, place.Key - 1) : Key.Of(long.MaxValue, long.MaxValue);
        var jobs = database.Between(Collections.Jobs, "age", first, last, isDescending: true)
            .Where(job => job["purge"].AsInt32 < JobDocuments.Delete
                && (query.State is not { } state || job["state"].AsInt32 == (int)state)
                && (query.OperatorId is not { } operatorId || job["operator"].AsString == operatorId))
            .Take(query.Limit + 1)
            .Select(job => (Key: job["_id"].AsInt64, Job: JobDocuments.Read(job)))
            .ToList();
        if (jobs.Count <= query.Limit)
            return new JobPage([.. jobs.Select(row => row.Job)], null);
        jobs.RemoveAt(query.Limit);
        var (key, oldest) = jobs[^1];
        return new JobPage([.. jobs.Select(row => row.Job)], new JobCursor(oldest.CreatedAt.ToUnixTimeMilliseconds(), key).ToString());
    }
}
