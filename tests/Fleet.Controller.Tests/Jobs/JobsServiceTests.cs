using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using static Fleet.Protocol.V1.ControllerMessage;
using TaskState = Fleet.Protocol.V1.TaskState;

namespace Fleet.Controller.Tests.Jobs;

/// <summary>What operators may ask of jobs, over a real server.</summary>
public sealed class JobsServiceTests
{
    public static TheoryData<string, Action<CreateJobRequest>> BadRequests => new()
    {
        { "request_id", request => request.RequestId = "" },
        { "summary", request => request.Summary = new string('x', 1025) },
        { "target.expression", request => request.Target = null },
        { "target.expression", request => request.Target.Expression = "role=" },
        { "spec is required", request => request.Spec = ByteString.Empty },
        { "spec_sha256", request => request.SpecSha256 = ByteString.CopyFromUtf8("x") },
        { "spec.steps", request => SetSpec(request, spec => spec.Steps.Clear()) },
        { "spec.steps[0].action", request => SetSpec(request, spec => spec.Steps[0] = new Step()) },
        { "spec.steps[0].upgrade_agent.artifacts[0].architecture", request => SetUpgrade(request, ("sparc", 1)) },
        { "spec.steps[0].upgrade_agent.artifacts[1].architecture", request => SetUpgrade(request, ("x86_64", 1), ("x86_64", 2)) },
        { "spec.steps[0].upgrade_agent.artifacts[1].size_bytes", request => SetUpgrade(request, ("x86_64", 1), ("aarch64", 0)) },
        { "spec.steps[0].upgrade_agent.artifacts[0]", request => SetUpgrade(request, ("aarch64", 2), ("x86_64", 1)) },
        { "spec.steps[0].argv", request => SetSpec(request, spec => spec.Steps[0] = new Step { Argv = new Argv() }) },
        { "spec.steps[0].script.name", request => SetSpec(request, spec => spec.Steps[0] = new Step { Script = new Script { Name = "../x", Content = ByteString.CopyFromUtf8("x") } }) },
        { "spec.run_timeout_ms", request => SetSpec(request, spec => spec.RunTimeoutMs = 0) },
        { "spec.kill_grace_ms", request => SetSpec(request, spec => spec.KillGraceMs = -1) },
        { "spec.steps[0].script.name", request => SetSpec(request, spec => spec.Steps[0] = new Step { Script = new Script { Name = "a\nb", Content = ByteString.CopyFromUtf8("x") } }) },
        { "spec.run_as", request => SetSpec(request, spec => spec.RunAs = "root\u001b[2J") },
        { "spec.working_directory", request => SetSpec(request, spec => spec.WorkingDirectory = "/tmp\u202egpj") },
        { "spec.umask", request => SetSpec(request, spec => spec.Umask = 512) },
        { "spec.working_directory", request => SetSpec(request, spec => spec.WorkingDirectory = "tmp") },
        { "spec.environment", request => SetSpec(request, spec => spec.Environment["a=b"] = "c") },
        { "spec.output", request => SetSpec(request, spec => spec.Output = new OutputLimits { HeadBytes = 1 << 30 }) },
        { "wait for hosts that are offline", request => request.Options.DeliveryTimeoutMs = -1 },
        { "the deadline must lie", request => request.Options.DeadlineMs = long.MaxValue },
        { "max_concurrent", request => request.Options.MaxConcurrent = "lots" },
        { "max_concurrent", request => request.Options.MaxConcurrent = "0" },
        { "max_failures", request => request.Options.MaxFailures = "101%" },
        { "a rate of 0", request => request.Options.RatePerSecond = 0 },
        { "a limit of 0 hosts", request => request.Target.Limit = 0 },
        { "a sample of 0 hosts", request => request.Target.Sample = 0 },
        { "the rate must lie", request => request.Options.RatePerSecond = double.NaN },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_field_out_of_range_is_refused_by_its_name(string named, Action<CreateJobRequest> spoil)
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");
        var request = SomeRequests.Ping("all");
        spoil(request);

        var refusal = await RefusalAsync(controller, request);

        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refusal.Detail.ShouldContain(named);
    }

    [Fact]
    public async Task A_summary_is_cleaned_and_not_refused()
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");
        var request = SomeRequests.Ping("all");
        request.Summary = "awk\t'{print}' \u202e\u001b]0;x";
        var (channel, headers) = controller.AsOperator();
        using var _ = channel;

        var job = await new Protocol.V1.Jobs.JobsClient(channel).CreateJobAsync(request, headers).ResponseAsync.WaitAsync(TestController.Patience);

        job.Summary.ShouldBe("awk '{print}' \ufffd ]0;x");
    }

    [Fact]
    public async Task A_viewer_sees_a_job_without_what_may_be_secret_of_it()
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");
        var request = SomeRequests.Ping("all");
        SetSpec(request, spec =>
        {
            spec.Environment["TOKEN"] = "secret-env";
            spec.Stdin = ByteString.CopyFromUtf8("secret-stdin");
            spec.Steps[0] = new Step { Script = new Script { Name = "x.sh", Content = ByteString.CopyFromUtf8("secret-script"), Arguments = { "-v" } } };
        });
        var (channel, headers) = controller.AsOperator();
        var (viewing, viewer) = controller.AsOperator("vic");
        using var _ = channel;
        using var __ = viewing;
        var made = await new Protocol.V1.Jobs.JobsClient(channel).CreateJobAsync(request, headers).ResponseAsync.WaitAsync(TestController.Patience);

        var seen = await new Protocol.V1.Jobs.JobsClient(viewing).GetJobAsync(new GetJobRequest { Id = made.Id }, viewer).ResponseAsync.WaitAsync(TestController.Patience);
        using var watch = new Protocol.V1.Jobs.JobsClient(viewing).WatchJob(new WatchJobRequest { JobId = made.Id, NoFollow = true }, viewer);
        (await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience)).ShouldBeTrue();
        var watched = watch.ResponseStream.Current.Job;

        foreach (var job in new[] { seen, watched })
        {
            job.ToByteArray().AsSpan().IndexOf("secret-"u8).ShouldBe(-1);
            job.SpecRedacted.ShouldBeTrue();
            job.SpecSha256.ShouldBe(request.SpecSha256);
            var spec = TaskSpec.Parser.ParseFrom(job.Spec);
            (spec.Environment.Keys.Single(), spec.HasStdin, spec.Steps[0].Script.Name).ShouldBe(("TOKEN", true, "x.sh"));
        }

        var whole = await new Protocol.V1.Jobs.JobsClient(channel).GetJobAsync(new GetJobRequest { Id = made.Id }, headers).ResponseAsync.WaitAsync(TestController.Patience);
        (whole.Spec, whole.SpecRedacted).ShouldBe((request.Spec, false));
    }

    [Fact]
    public async Task A_target_that_matches_nothing_says_which_names_are_unknown()
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");

        var refusal = await RefusalAsync(controller, SomeRequests.Ping("web[7-8]"));

        refusal.StatusCode.ShouldBe(StatusCode.NotFound);
        refusal.Detail.ShouldContain("none of 1 agents");
        refusal.Detail.ShouldContain("web7, web8");
    }

    [Fact]
    public async Task A_job_reports_unknown_names_beside_those_it_reaches()
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");

        var job = await SomeRequests.CreateAsync(controller, "web1,web9");

        job.UnknownNames.ShouldBe(["web9"]);
        job.Counts.Total.ShouldBe(1u);
    }

    [Fact]
    public async Task The_same_request_twice_is_one_job_even_where_its_target_would_now_be_refused()
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");
        var request = SomeRequests.Ping("all");
        var preview = await SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.PreviewTargetAsync(new PreviewTargetRequest { Target = request.Target }, headers).ResponseAsync);
        request.PreviewDigest = preview.Digest;

        var first = await CreateAsync(controller, request);
        await controller.EnrollAsync("web2");
        var second = await CreateAsync(controller, request);

        second.Id.ShouldBe(first.Id);
        request.RequestId = "another";
        (await RefusalAsync(controller, request)).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task A_previewed_sample_reaches_exactly_the_agents_that_were_drawn()
    {
        await using var controller = await TestController.StartAsync();
        for (var i = 1; i <= 20; i++)
            await controller.EnrollAsync($"web{i}");
        var request = SomeRequests.Ping("all");
        request.Target.Sample = 5;
        var preview = await SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.PreviewTargetAsync(new PreviewTargetRequest { Target = request.Target }, headers).ResponseAsync);
        preview.Names.Count.ShouldBe(5);
        preview.Offline.ShouldBe(preview.Names);

        request.PreviewDigest = preview.Digest;
        var job = await CreateAsync(controller, request);

        var tasks = await SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.ListTasksAsync(new ListTasksRequest { JobId = job.Id }, headers).ResponseAsync);
        tasks.Tasks.Select(task => task.AgentName).ShouldBe(preview.Names);
        request.RequestId = "another";
        request.PreviewDigest = new string('0', 64);
        (await RefusalAsync(controller, request)).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task A_replayed_watch_says_the_same_as_the_live_one()
    {
        await using var controller = await TestController.StartAsync();
        await using var one = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await using var two = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web2"));
        var job = await SomeRequests.CreateAsync(controller, "all");
        var live = SomeRequests.WatchAsync(controller, job.Id);

        var taskId = (await one.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;
        await one.SendAsync(ScriptedAgent.Started(taskId), ScriptedAgent.Output(taskId, 2, "hello"));
        await SomeRequests.CallAsync(controller, (jobs, headers) => jobs.CancelJobAsync(new CancelJobRequest { Id = job.Id }, headers).ResponseAsync);
        await one.SendAsync(ScriptedAgent.Ended(taskId, 3, TaskState.Cancelled));
        await two.RunNextAsync();

        var seen = Log(await live);
        Log(await SomeRequests.WatchAsync(controller, job.Id)).ShouldBe(seen);
        var middle = seen[seen.Count / 2].Seq;
        Log(await SomeRequests.WatchAsync(controller, job.Id, middle)).ShouldBe(seen.SkipWhile(e => e.Seq <= middle && e.JobEnded is null));
        seen.Count(e => e.Job is not null).ShouldBe(1);
        seen[^1].JobEnded.Job.Counts.Succeeded.ShouldBe(1u);
        seen.Select(e => e.Seq).ShouldBeInOrder();
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_slows_nobody()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var job = await SomeRequests.CreateAsync(controller, "all");
        var (channel, headers) = controller.AsOperator();
        using var _ = channel;
        using var stuck = new Fleet.Protocol.V1.Jobs.JobsClient(channel).WatchJob(new WatchJobRequest { JobId = job.Id }, headers);

        var taskId = (await agent.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;
        await agent.SendAsync(ScriptedAgent.Started(taskId));
        var text = new string('x', 60_000);
        const ulong Chunks = 100;
        for (ulong seq = 2; seq < 2 + Chunks; seq++)
            await agent.SendAsync(ScriptedAgent.Output(taskId, seq, text));
        await agent.SendAsync(ScriptedAgent.Ended(taskId, 2 + Chunks));
        await agent.ExpectAckAsync(taskId, 2 + Chunks);

        (await SomeRequests.DoneAsync(controller, job.Id)).Counts.Succeeded.ShouldBe(1u);
        var bytes = 0;
        while (await stuck.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience))
            bytes += stuck.ResponseStream.Current.Output?.Data.Length ?? 0;
        bytes.ShouldBe((int)Chunks * text.Length);
    }

    [Fact]
    public async Task Without_a_delivery_timeout_agents_that_are_away_expire_in_the_same_breath()
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");

        var job = await SomeRequests.CreateAsync(controller, "all", options => options.DeliveryTimeoutMs = 0);

        (await SomeRequests.DoneAsync(controller, job.Id)).Counts.Expired.ShouldBe(1u);
    }

    [Fact]
    public async Task A_retry_reaches_only_what_did_not_succeed()
    {
        await using var controller = await TestController.StartAsync();
        await using var good = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await using var bad = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web2"));
        var job = await SomeRequests.CreateAsync(controller, "all");
        var first = await good.RunNextAsync();
        await bad.RunNextAsync(TaskState.Failed);
        await SomeRequests.DoneAsync(controller, job.Id);

        var retry = await SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.RetryJobAsync(new RetryJobRequest { Id = "last", RequestId = "retry" }, headers).ResponseAsync);

        retry.RetryOf.ShouldBe(job.Id);
        retry.Counts.Total.ShouldBe(1u);
        (await bad.RunNextAsync()).Spec.ShouldBe(first.Spec);
        (await SomeRequests.DoneAsync(controller, retry.Id)).Counts.Succeeded.ShouldBe(1u);
        var nothing = await Should.ThrowAsync<RpcException>(() => SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.RetryJobAsync(new RetryJobRequest { Id = retry.Id, RequestId = "again" }, headers).ResponseAsync));
        nothing.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task Jobs_and_tasks_are_listed_in_pages()
    {
        await using var controller = await TestController.StartAsync();
        for (var i = 1; i <= 3; i++)
            await controller.EnrollAsync($"web{i}");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Insert(0, (await SomeRequests.CreateAsync(controller, "all")).Id);

        var page = await SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.ListJobsAsync(new ListJobsRequest { PageSize = 2, OnlyOpen = true }, headers).ResponseAsync);
        var rest = await SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.ListJobsAsync(new ListJobsRequest { PageSize = 2, PageToken = page.NextPageToken }, headers).ResponseAsync);
        page.Jobs.Concat(rest.Jobs).Select(job => job.Id).ShouldBe(ids);
        rest.NextPageToken.ShouldBeEmpty();

        var tasks = await SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.ListTasksAsync(new ListTasksRequest { JobId = ids[0], PageSize = 2 }, headers).ResponseAsync);
        var more = await SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.ListTasksAsync(new ListTasksRequest { JobId = ids[0], PageSize = 2, PageToken = tasks.NextPageToken }, headers).ResponseAsync);
        tasks.Tasks.Concat(more.Tasks).Select(task => task.AgentName).ShouldBe(["web1", "web2", "web3"]);

        var bad = await Should.ThrowAsync<RpcException>(() => SomeRequests.CallAsync(controller, (jobs, headers) =>
            jobs.ListJobsAsync(new ListJobsRequest { PageToken = "nonsense" }, headers).ResponseAsync));
        bad.StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task A_job_that_nobody_knows_is_not_found()
    {
        await using var controller = await TestController.StartAsync();

        foreach (var (id, code) in new[] { ("20261121-010203-7k3m", StatusCode.NotFound), ("last", StatusCode.NotFound), ("x", StatusCode.InvalidArgument) })
        {
            var refusal = await Should.ThrowAsync<RpcException>(() => SomeRequests.CallAsync(controller, (jobs, headers) =>
                jobs.GetJobAsync(new GetJobRequest { Id = id }, headers).ResponseAsync));
            refusal.StatusCode.ShouldBe(code, id);
        }
    }

    [Fact]
    public async Task A_log_that_retention_took_is_replayed_as_its_ends()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var job = await SomeRequests.CreateAsync(controller, "all");
        await agent.RunNextAsync(TaskState.Failed);
        await SomeRequests.DoneAsync(controller, job.Id);
        await controller.Store.Retention.SweepAsync(
            new RetentionPolicy { MaxOutputAge = TimeSpan.FromSeconds(1), MaxJobAge = null },
            TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1), CancellationToken.None);

        var events = await SomeRequests.WatchAsync(controller, job.Id);

        events.Count(e => e.OutputRemoved is not null).ShouldBe(1);
        events.Single(e => e.Ended is not null).Ended.State.ShouldBe(TaskState.Failed);
        events[^1].JobEnded.ShouldNotBeNull();
    }

    private static List<JobEvent> Log(List<JobEvent> events) => [.. events.Where(e => e.Seq > 0)];

    private static Task<Job> CreateAsync(TestController controller, CreateJobRequest request) =>
        SomeRequests.CallAsync(controller, (jobs, headers) => jobs.CreateJobAsync(request, headers).ResponseAsync);

    private static async Task<Status> RefusalAsync(TestController controller, CreateJobRequest request) =>
        (await Should.ThrowAsync<RpcException>(() => CreateAsync(controller, request))).Status;

    // What agents of before go by is the artifact of one byte.
    private static void SetUpgrade(CreateJobRequest request, params (string Architecture, byte Bytes)[] artifacts) => SetSpec(request, spec =>
    {
        var upgrade = new UpgradeAgent { Version = "1.2.3", Sha256 = Digest(1), SizeBytes = 1, HealthTimeoutMs = 20_000 };
        upgrade.Artifacts.AddRange(artifacts.Select(a => new UpgradeArtifact { Architecture = a.Architecture, Sha256 = Digest(a.Bytes), SizeBytes = a.Bytes }));
        spec.Steps[0] = new Step { UpgradeAgent = upgrade };

        static ByteString Digest(byte of) => ByteString.CopyFrom(Enumerable.Repeat(of, 32).ToArray());
    });

    private static void SetSpec(CreateJobRequest request, Action<TaskSpec> change)
    {
        var spec = TaskSpec.Parser.ParseFrom(request.Spec);
        change(spec);
        request.Spec = spec.ToByteString();
        request.SpecSha256 = ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData(request.Spec.Span));
    }
}
