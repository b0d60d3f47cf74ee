using System.Text.Json;
using Fleet.Cli.Results;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Results;

public sealed class Streams_and_json
{
    [Fact]
    public void Streamed_lines_are_whole_and_carry_their_host()
    {
        var (screen, text) = Some.Screen();
        Some.Play(Some.Log(
            Some.Job("x"), Some.Hosts("web1", "longname2"),
            Some.Out(1, "par"), Some.Out(2, "other\n"), Some.Out(1, "tial\nrest", offset: 3),
            Some.Out(2, "bad\n", stream: OutputStream.Stderr),
            Some.StepExit(1, 0, total: 12), Some.End(1, TaskState.Succeeded, 0),
            Some.End(2, TaskState.TimedOut, reason: "ran longer than 5s")), new StreamRenderer(screen, errorsOnly: false));
        text.ToString().ShouldBe("""
            longname2 | other
            web1      | partial
            longname2 ! bad
            web1      | rest
            longname2 = timed out: ran longer than 5s
            2 hosts: 1 succeeded, 1 timed out; 1.23 s; job 20261121-093115-k3f9

            """);
    }

    [Fact]
    public void Where_bytes_are_missing_it_is_said_in_place_and_no_line_is_made_of_two()
    {
        var (screen, text) = Some.Screen();
        Some.Play(Some.Log(
            Some.Job("x"), Some.Hosts("web1"),
            Some.Out(1, "one\ntw"), Some.Out(1, "ee\nfour", offset: 1_234_573), Some.Out(1, "four", offset: 1_234_576), Some.Out(1, "th\n", offset: 1_234_580),
            Some.Out(1, "bad", stream: OutputStream.Stderr),
            Some.StepExit(1, 0, total: 1_234_590), Some.End(1, TaskState.Succeeded, 0)), new StreamRenderer(screen, errorsOnly: false));
        text.ToString().ShouldStartWith("""
            web1 | one
            web1 | tw
            web1 | [... 1,234,567 bytes not kept; raise --head-bytes]
            web1 | ee
            web1 | fourth
            web1 | [... 7 bytes not kept; raise --head-bytes]
            web1 ! bad

            """.TrimEnd('\n') + "\n");
    }

    [Fact]
    public void A_line_that_is_longer_than_what_is_held_goes_on_in_marked_pieces()
    {
        var (screen, text) = Some.Screen();
        var half = new string('x', 700_000);
        Some.Play(Some.Log(
            Some.Job("x"), Some.Hosts("web1"), Some.Out(1, half), Some.Out(1, half, offset: 700_000), Some.Out(1, "end\nnext\n", offset: 1_400_000), Some.End(1, TaskState.Succeeded, 0)),
            new StreamRenderer(screen, errorsOnly: false));
        text.ToString().ShouldStartWith($"web1 | {half}{half}\nweb1 + end\nweb1 | next\n");
    }

    [Fact]
    public void A_stream_holds_no_output()
    {
        var (screen, _) = Some.Screen();
        var job = Some.Play(Some.Log(Some.Job("x"), Some.Hosts("web1"), Some.Out(1, "much\n")), new StreamRenderer(screen, errorsOnly: false));
        job.Tasks.Single().Steps.ShouldBeEmpty();
    }

    [Fact]
    public void Programs_are_told_where_bytes_are_missing_and_how_many_in_all()
    {
        var text = new StringWriter();
        Some.Play(Some.Log(
            Some.Job("x"), Some.Hosts("web1"), Some.Out(1, "one\n"), Some.Out(1, "two\n", offset: 104), Some.StepExit(1, 0, total: 108, dropped: 100), Some.End(1, TaskState.Succeeded, 0)),
            new JsonEventRenderer(text));
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines[0].TryGetProperty("dropped_bytes", out _).ShouldBeFalse();
        lines[1].GetProperty("dropped_bytes").GetUInt64().ShouldBe(100UL);
        (lines[2].GetProperty("stdout_total_bytes").GetUInt64(), lines[2].GetProperty("stdout_dropped_bytes").GetUInt64()).ShouldBe((108UL, 100UL));
    }

    [Fact]
    public void A_result_in_json_has_every_field_and_bytes_that_are_no_text_survive()
    {
        var text = new StringWriter();
        Some.Play(Some.Log(
            Some.Job("x"), Some.Hosts("web1"),
            Some.Out(1, "\u00ff\u00fe"), Some.StepExit(1, 3, total: 10, dropped: 8), Some.End(1, TaskState.Failed, 3, "exit code 3")),
            new JsonResultRenderer(text, errorsOnly: false));
        text.ToString().Split('\n')[0].ShouldBe(
            """{"v":1,"type":"result","job":"20261121-093115-k3f9","task":1,"host":"web1","state":"failed","exit_code":3,"reason":"exit code 3","wall_ms":0,"steps":[{"exit_code":3,"wall_ms":1.5,"user_cpu_ms":0,"system_cpu_ms":0,"peak_memory_bytes":0,"processes_left":0,"stdout_base64":"//4=","stdout_gaps":[{"offset":2,"dropped_bytes":8}],"stderr":""}]}""");
    }

    [Fact]
    public void Every_json_line_parses_also_when_hosts_never_answered()
    {
        var text = new StringWriter();
        Some.Play(Some.Log(
            Some.Job("x"), Some.Hosts("web1", "web2"),
            Some.Out(1, "a \"quoted\" \t line\u0001\n"), Some.End(1, TaskState.Succeeded, 0), Some.End(2, TaskState.Expired, reason: "no link")),
            new JsonEventRenderer(text));
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.Select(l => l.GetProperty("type").GetString()).ShouldBe(["output", "ended", "ended", "summary"]);
        lines[^1].GetProperty("expired").GetInt32().ShouldBe(1);
        lines[2].GetProperty("state").GetString().ShouldBe("expired");
    }

    [Fact]
    public void To_a_terminal_control_characters_do_not_go_through()
    {
        var (screen, text) = Some.Screen(terminal: true);
        Some.Play(Some.Log(
            Some.Job("x"), Some.Hosts("web1"), Some.Out(1, "\u001b]0;title\u0007 evil\r\n"), Some.End(1, TaskState.Succeeded, 0)),
            new HostBlockRenderer(screen, errorsOnly: false));
        text.ToString().ShouldContain("^[]0;title^G evil\n");
    }
}
