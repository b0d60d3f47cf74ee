using FsCheck.Fluent;

namespace Fleet.Storage.Tests.Contract;

/// <summary>Strange strings come back as they were stored, or are refused at the door.</summary>
public abstract class OddTextContract(IStoreProvider provider) : StoreContract(provider)
{
    private static readonly string[] Odd =
    [
        "", " ", "'; DROP TABLE jobs; --", "\"", "%_[]*?", "a\0b", "\0", "\u001b[31mred", "line\r\nline", "\uFEFFbom", "e\u0301\u00e9",
        "\U0001F4A9", "\u202Eright to left", "\u0130\u0131", "null", "0", "1e400", "x'00'", "\u2028",
        new('\u00e9', 255), new('k', 100_000), "{\"a\":\"b\"}", "\\u0000", "<script>&amp;",
    ];

    [Fact]
    public async Task Free_text_and_maps_come_back_as_they_were()
    {
        await Store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        await Store.Agents.EnrollAsync(Some.Enrollment(), None).InTime();
        var random = Gen.Sample(ArbMap.Default.GeneratorFor<string>().Where(IsWhole), 50, 50);
        var n = 0;
        foreach (var text in Odd.Concat(random))
        {
            var job = Some.Job($"job{n++}", tasks: 1) with { Target = text, Summary = text };
            await Store.Jobs.CreateAsync(job, None).InTime();
            await Store.Events.AppendAsync(
                [Some.Started(job, 1) with { Move = new TaskMove(TaskState.Running) { Reason = text, DispatchedTo = text } }],
                None).InTime();
            var map = new Dictionary<string, string> { [text] = text, [text + "2"] = "" };
            await Store.Agents.SetFactsAsync("id-web001", map, Some.Time, None).InTime();

            var stored = (await Store.Jobs.GetAsync(job.Id, None).InTime())!;
            stored.Target.ShouldBe(text);
            stored.Summary.ShouldBe(text);
            var task = (await Store.Jobs.GetTaskAsync(job.Id, 1, None).InTime())!;
            task.Reason.ShouldBe(text);
            task.DispatchedTo.ShouldBe(text);
            (await Store.Agents.GetAsync("id-web001", None).InTime())!.Facts.ShouldBe(map, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Ids_and_names_come_back_as_they_were_or_are_refused()
    {
        await Store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        var n = 0;
        foreach (var text in Odd.Append("\ud800").Append("a\udc00b"))
        {
            var enrollment = Some.Enrollment() with { AgentId = $"id{n++}", Name = text, EnrollmentId = $"enroll{n}" };
            if (text.Length is 0 or > 256 || text.Any(char.IsControl) || !IsWhole(text))
            {
                await Should.ThrowAsync<ArgumentException>(() => Store.Agents.EnrollAsync(enrollment, None));
                continue;
            }

            (await Store.Agents.EnrollAsync(enrollment, None).InTime()).Refusal.ShouldBe(EnrollmentRefusal.None);
            (await Store.Agents.FindByNameAsync(text.ToUpperInvariant(), None).InTime())!.Name.ShouldBe(text);
        }
    }

    [Fact]
    public async Task Broken_text_in_free_fields_is_mended_rather_than_lost()
    {
        var job = Some.Job(tasks: 1) with { Summary = "half \ud800 a character" };

        await Store.Jobs.CreateAsync(job, None).InTime();

        (await Store.Jobs.GetAsync(job.Id, None).InTime())!.Summary.ShouldBe("half \ufffd a character");
    }

    [Fact]
    public async Task Any_bytes_come_back_as_they_were()
    {
        var n = 0;
        foreach (var bytes in Gen.Sample(ArbMap.Default.GeneratorFor<byte[]>(), 50, 50).Append([]).Append(new byte[3_000_000]))
        {
            var job = Some.Job($"job{n++}", tasks: 1) with { SpecBytes = bytes, OptionsBytes = bytes };
            await Store.Jobs.CreateAsync(job, None).InTime();
            await Store.Events.AppendAsync([Some.Event(job, 1, TaskEventKind.Output, 1, bytes)], None).InTime();

            var payload = (await Store.Jobs.GetPayloadAsync(job.Id, None).InTime())!;
            payload.SpecBytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
            payload.OptionsBytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
            var page = await Store.Events.ReadAsync(job.Id, 0, 10, 1, None).InTime();
            page.Events.ShouldHaveSingleItem().Data.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        }
    }

    private static bool IsWhole(string? text)
    {
        if (text is null)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
                return false;
        }

        return true;
    }
}
