namespace Fleet.Agent.Tests.Scanning;

/// <summary>A glob that matches the names that rotation gives: a file is known by its number and its birth, whatever it is called, and read once.</summary>
public sealed class RenamedWithinGlobTests : IDisposable
{
    private readonly ScanBench _bench = new();
    private int _written;

    private string Log => Path.Combine(_bench.Logs, "app.log");

    [Theory]
    [InlineData("app.1.log"), InlineData("app-2026-11-30.log"), InlineData("old and odd.log")]
    public void A_file_renamed_to_another_name_of_the_glob_is_not_read_again(string name)
    {
        Begin();
        Write(20);
        _bench.Run();
        File.Move(Log, Path.Combine(_bench.Logs, name));
        Write(1);
        Look();

        Check();
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Numbered_names_that_the_glob_matches_are_read_once_through_many_rotations_and_restarts(bool wereThereBefore)
    {
        if (wereThereBefore)
        {
            for (var number = 1; number <= 4; number++)
                File.WriteAllText(Numbered(number), $"hit before {number}\n");
        }

        Begin();
        for (var rotation = 0; rotation < 12; rotation++)
        {
            Write(3);
            Look();
            Write(2);
            if (rotation % 3 == 2)
                _bench.Kill();
            else if (rotation % 3 == 1)
                _bench.Stop();
            MoveUp();
            Write(1);
            Look();
        }

        Check();
    }

    [Fact]
    public void What_is_still_written_to_a_file_after_it_was_renamed_is_read()
    {
        Begin();
        Write(2);
        _bench.Run();
        MoveUp();
        Write(1);
        Look();
        File.AppendAllText(Numbered(1), $"hit {_written++}\n");
        Look();
        _bench.Stop();
        File.AppendAllText(Numbered(1), $"hit {_written++}\n");
        Look();

        Check();
    }

    [Fact]
    public void A_generation_that_came_and_went_unseen_is_read_under_its_own_name()
    {
        Begin();
        Write(2);
        _bench.Run();
        _bench.Kill();
        MoveUp();
        Write(2);
        MoveUp();
        Write(2);
        Look();
        MoveUp();
        Write(2);
        Look();

        Check();
    }

    // What lies between the file that was read last and the live one is a log of its own, and no gap.
    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_generation_that_came_and_went_unseen_is_no_gap_of_the_log_that_it_was(bool isKilled)
    {
        Begin();
        Write(2);
        _bench.Run();
        if (isKilled)
            _bench.Kill();
        AwaitTick();
        MoveUp();
        Write(2);
        AwaitTick();
        MoveUp();
        Write(2);
        Look();

        Check();
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_file_that_was_read_under_another_name_and_is_removed_while_the_agent_is_away_is_no_gap(bool isMovedBefore)
    {
        Begin();
        Write(2);
        _bench.Run();
        _bench.Kill();
        MoveUp();
        Write(2);
        MoveUp();
        Write(2);
        Look();
        if (isMovedBefore)
        {
            MoveUp();
            Write(1);
            Look();
        }

        // Nobody writes to it any more, and that is seen some seconds after its last line.
        foreach (var file in Directory.GetFiles(_bench.Logs))
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(-10));
        Look();
        Look();
        _bench.Kill();
        File.Delete(Numbered(isMovedBefore ? 2 : 1));
        MoveUp();
        Write(1);
        Look();

        Check();
    }

    [Fact]
    public void A_renamed_file_that_is_removed_while_another_one_gets_the_name_that_it_was_read_under_is_no_gap()
    {
        Begin();
        Write(2);
        _bench.Run();
        _bench.Kill();
        MoveUp();
        Write(2);
        MoveUp();
        Write(2);
        Look();
        MoveUp();
        Write(1);
        Look();
        foreach (var file in Directory.GetFiles(_bench.Logs))
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(-10));
        Look();
        Look();
        _bench.Kill();
        AwaitTick();
        File.Delete(Numbered(2));
        for (var rotation = 0; rotation < 2; rotation++)
        {
            MoveUp();
            Write(2);
            AwaitTick();
        }

        Look();

        Check();
    }

    [Fact]
    public void Two_names_of_one_file_are_one_log()
    {
        File.WriteAllText(Log, "");
        File.CreateSymbolicLink(Path.Combine(_bench.Logs, "current.log"), "app.log");
        Begin();
        Write(3);
        Look();
        _bench.Stop();
        Write(3);
        Look();

        Check();
    }

    public void Dispose() => _bench.Dispose();

    private void Begin()
    {
        _bench.Apply(ScanBench.Order(Path.Combine(_bench.Logs, "*.log")));
        _bench.Run();
    }

    // The glob is looked at again.
    private void Look()
    {
        _bench.Time.Advance(TimeSpan.FromSeconds(11));
        _bench.Run();
    }

    private void Check()
    {
        Look();
        _bench.Deliver();
        _bench.Texts.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, _written).Select(i => $"hit {i}").Order(StringComparer.Ordinal));
        _bench.Gaps.ShouldBeEmpty();
    }

    // File systems date births by the kernel's clock tick.
    private void AwaitTick()
    {
        var probe = Path.Combine(_bench.State, "tick");
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        SpinWait.SpinUntil(() =>
        {
            File.Delete(probe);
            File.WriteAllText(probe, "");
            return File.GetCreationTimeUtc(probe) > now.AddMilliseconds(60);
        }, TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    private string Numbered(int number) => Path.Combine(_bench.Logs, $"app.{number}.log");

    private void Write(int lines) => File.AppendAllText(Log, string.Concat(Enumerable.Range(0, lines).Select(_ => $"hit {_written++}\n")));

    private void MoveUp()
    {
        for (var number = 20; number >= 1; number--)
        {
            if (File.Exists(Numbered(number)))
                File.Move(Numbered(number), Numbered(number + 1));
        }

        File.Move(Log, Numbered(1));
    }
}
