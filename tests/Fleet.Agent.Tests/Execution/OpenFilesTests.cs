using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Tests.Execution;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData(12, false, 0, 0)]
    [InlineData(24, false, 0, 0)]
    [InlineData(OpenFilesBudget.Least - 1, false, 0, 0)]
    [InlineData(OpenFilesBudget.Least, true, 1, 1)]
    [InlineData(48, true, 4, 1)]
    [InlineData(64, true, 8, 1)]
    [InlineData(1024, true, 8, 1)]
    public void Tasks_at_a_time_are_fitted_to_the_limit_and_what_is_hopeless_is_said(long limit, bool canRun, int ofEight, int ofOne)
    {
        var budget = new OpenFilesBudget(limit);
        if (!canRun)
        {
            budget.Fault().ShouldBe($"the limit on open files is {limit}, the agent needs at least {OpenFilesBudget.Least}: raise it (ulimit -n, or LimitNOFILE= of the service)");
            return;
        }

        budget.Fault().ShouldBeNull();
        budget.Fit(8).ShouldBe(ofEight);
        budget.Fit(1).ShouldBe(ofOne);
        (budget.Condition(8) is null).ShouldBe(ofEight == 8);
        budget.Condition(1).ShouldBeNull();
    }

    [Fact]
    public void The_limit_of_this_process_is_read_and_room_is_tried()
    {
        OpenFiles.Limit().ShouldBe(OpenFilesBudget.OfProcess(Environment.ProcessId)!.Limit);
        OpenFiles.HaveRoom(10).ShouldBeTrue();
        OpenFilesBudget.OfProcess(int.MaxValue).ShouldBeNull();
    }
}
