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
    public void A_result_in_json_has_every_field_and_bytes_that_are_no_text_survive()
    {
        var text = new StringWriter();
        Some.Play(Some.Log(
            Some.Job("x"), Some.Hosts("web1"),
            Some.Out(1, "\u00ff\u00fe"), Some.StepExit(1, 3, total: 10, dropped: 8), Some.End(1, TaskState.Failed, 3, "exit code 3")),
            new JsonResultRenderer(text, errorsOnly: false));
        text.ToString().Split('\n')[0].ShouldBe(
            """{"v":1,"type":"result","job":"20261121-093115-k3f9","task":1,"host":"web1","state":"failed","exit_code":3,"reason":"exit code 3","wall_ms":0,"steps":[{"exit_code":3,"wall_ms":1.5,"user_cpu_ms":0,"system_cpu_ms":0,"peak_memory_bytes":0,"processes_left":0,"stdout_base64":"//4=","stdout_gaps":[{"at":2,"dropped_bytes":8}],"stderr":""}]}""");
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
