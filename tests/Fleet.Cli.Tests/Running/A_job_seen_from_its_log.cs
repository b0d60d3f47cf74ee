using System.Text;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Running;

public sealed class A_job_seen_from_its_log
{
    [Fact]
    public void Events_that_come_again_after_a_cut_change_nothing()
    {
        var log = Some.Log(Some.Job("x"), Some.Hosts("web1"), Some.Out(1, "abc"), Some.Out(1, "def", offset: 3), Some.End(1, TaskState.Succeeded, 0));
        var job = Some.Play(log.Concat(log.Skip(2)));
        Encoding.ASCII.GetString(job.Tasks.Single().Steps[0].Stdout.Bytes.Span).ShouldBe("abcdef");
        job.DoneTasks.ShouldBe(1);
    }

    [Fact]
    public void A_job_is_done_when_its_log_says_so_with_the_number_of_the_event_before()
    {
        var log = Some.Log(Some.Job("x"), Some.Hosts("web1"), Some.End(1, TaskState.Succeeded, 0));
        Some.Play(log).Done.ShouldBeFalse();
        Some.Play([.. log, new JobEvent { Seq = 1, JobEnded = new JobEnded { Job = new Job { Id = Some.JobId } } }]).Done.ShouldBeTrue();
    }

    [Fact]
    public void The_first_end_of_a_task_is_its_end()
    {
        var job = Some.Play(Some.Log(Some.Hosts("web1"), Some.End(1, TaskState.Succeeded, 0), Some.End(1, TaskState.Failed, 1)));
        job.Tasks.Single().State.ShouldBe(TaskState.Succeeded);
    }

    [Fact]
    public void Events_of_unknown_tasks_and_impossible_steps_are_left_out()
    {
        var job = Some.Play(Some.Log(Some.Hosts("web1"), Some.Out(7, "x"), Some.Out(1, "x", step: 4_000_000_000)));
        job.Tasks.Single().Steps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, TaskState.Succeeded, TaskState.Succeeded)]
    [InlineData(1, TaskState.Succeeded, TaskState.Failed)]
    [InlineData(1, TaskState.Expired, TaskState.TimedOut)]
    [InlineData(1, TaskState.Skipped, TaskState.Succeeded)]
    [InlineData(3, TaskState.Succeeded, TaskState.Expired)]
    [InlineData(3, TaskState.Expired, TaskState.Expired)]
    [InlineData(1, TaskState.Interrupted, TaskState.Succeeded)]
    [InlineData(1, TaskState.Succeeded, TaskState.Unspecified)]
    public void The_exit_code_tells_how_the_job_ended(int expected, TaskState first, TaskState second)
    {
        var ends = new List<JobEvent> { Some.Hosts("a", "b"), Some.End(1, first) };
        if (second != TaskState.Unspecified)
            ends.Add(Some.End(2, second));
        JobExit.Of(Some.Play(Some.Log([.. ends]))).ShouldBe(expected);
    }
}
