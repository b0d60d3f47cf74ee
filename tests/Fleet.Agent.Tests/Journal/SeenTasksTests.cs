using Fleet.Agent.Journal;
using Fleet.Tests;

namespace Fleet.Agent.Tests.Journal;

public sealed class SeenTasksTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    private string FilePath => Path.Combine(_directory.Path, "seen");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Ids_are_remembered_until_they_expire_also_by_the_next_process()
    {
        using (var seen = new SeenTasks(FilePath, _time))
        {
            seen.Add(Some.TaskNumber(1), In(TimeSpan.FromMinutes(1)));
            seen.Add(Some.TaskNumber(2), In(TimeSpan.FromMinutes(3)));
        }

        _time.Advance(TimeSpan.FromMinutes(2));
        using var again = new SeenTasks(FilePath, _time);
        again.Contains(Some.TaskNumber(1)).ShouldBeFalse();
        again.Contains(Some.TaskNumber(2)).ShouldBeTrue();
        again.Contains(Some.TaskNumber(3)).ShouldBeFalse();
        again.Count.ShouldBe(1);
    }

    [Fact]
    public void It_stays_small_however_many_tasks_go_by()
    {
        using (var seen = new SeenTasks(FilePath, _time))
        {
            for (var i = 1; i <= SeenTasks.Capacity + 10_000; i++)
                seen.Add(Some.TaskNumber(i), In(TimeSpan.FromDays(1)));
            seen.Count.ShouldBe(SeenTasks.Capacity);
            seen.Contains(Some.TaskNumber(1)).ShouldBeFalse();
            seen.Contains(Some.TaskNumber(SeenTasks.Capacity + 10_000)).ShouldBeTrue();
            for (var i = 1; i <= 100_000; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                seen.Add(Some.TaskNumber(i), In(TimeSpan.FromSeconds(100)));
            }
        }

        new FileInfo(FilePath).Length.ShouldBeLessThan(3 * SeenTasks.Capacity * 28);
    }

    [Fact]
    public void A_damaged_file_loses_only_the_damaged_entries()
    {
        using (var seen = new SeenTasks(FilePath, _time))
        {
            for (var i = 1; i <= 3; i++)
                seen.Add(Some.TaskNumber(i), In(TimeSpan.FromHours(1)));
        }

        var bytes = File.ReadAllBytes(FilePath);
        bytes[30] ^= 1;
        File.WriteAllBytes(FilePath, bytes[..(3 * 28 - 5)]);
        using var again = new SeenTasks(FilePath, _time);
        again.Contains(Some.TaskNumber(1)).ShouldBeTrue();
        again.Contains(Some.TaskNumber(2)).ShouldBeFalse();
        again.Contains(Some.TaskNumber(3)).ShouldBeFalse();
        again.Add(Some.TaskNumber(4), In(TimeSpan.FromHours(1)));
        again.Dispose();
        using var third = new SeenTasks(FilePath, _time);
        third.Contains(Some.TaskNumber(4)).ShouldBeTrue();
    }

    private DateTimeOffset In(TimeSpan span) => _time.GetUtcNow() + span;
}
