using Fleet.Protocol.V1;
using static Fleet.Protocol.V1.AgentMessage;

namespace Fleet.Agent.Tests.Link;

/// <summary>
/// A controller of the first message set, which an agent that was upgraded early may meet. What it says is pinned as bytes, made by
/// protoc --encode from the contract as it was before upgrades, scans and live logs (3fc3c3c).
/// </summary>
public sealed class FirstControllerTests : IDisposable
{
    private const string Welcome = "ChgIARIFMC4xLjAYgNjBoow0IJh1KgNzLTE=";
    private const string Heartbeat = "EgIIAQ==";
    private const string Cancel = "IiwKFjIwMjYxMTIxLTAxMDIwMy03azNtLjEQARoQY2FuY2VsbGVkIGJ5IGFubg==";
    private const string Ack = "KhwKGgoWMjAyNjExMjEtMDEwMjAzLTdrM20uMRBk";
    private const string Goodbye = "OhsIARIUdGhlIGNvbnRyb2xsZXIgc3RvcHMYyAE=";

    // echo $GREETING; exit 3
    private const string Start =
        "GoIBChYyMDI2MTEyMS0wMTAyMDMtN2szbS4xEkIKGhIYChZlY2hvICRHUkVFVElORzsgZXhpdCAzKhEKCEdSRUVUSU5HEgVoZWxsb0Dg1ANIyA"
        + "FSCAiAgAQQgIAEWAEaIK0HsaiuE/IoN13xxXOgpKSZh+5XU5FJMh6bcwiFiJ7PIMDPJA==";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_controller_of_the_first_message_set_has_its_tasks_run_and_hears_nothing_that_it_does_not_know()
    {
        await using var controller = await ScriptedController.StartAsync();
        await using var agent = new LinkedAgent(_directory.Path, new PlainDialer(controller.Address));
        var link = await controller.NextLinkAsync();
        (await link.NextAsync()).Hello.ProtocolVersion.ShouldBe(1u);
        await link.SendAsync(Read(Welcome));
        await link.SendAsync(Read(Heartbeat));

        await link.SendAsync(Read(Start));
        var records = await EndAsync(link);
        (records[^1].Ended.State, records[^1].Ended.ExitCode).ShouldBe((TaskState.Failed, 3));
        records.Single(r => r.Output is not null).Output.Data.ToStringUtf8().ShouldBe("hello\n");
        records.Single(r => r.StepEnded is not null).StepEnded.Outcome.ExitCode.ShouldBe(3);

        // The same once more is not run again, a cancel comes too late, and what is acknowledged is forgotten.
        await link.SendAsync(Read(Start));
        await link.SendAsync(Read(Cancel));
        await link.SendAsync(Read(Ack));
        await link.SendAsync(Read(Goodbye));
        link.Cut();
        var next = await controller.NextLinkAsync();
        (await next.NextAsync()).Hello.HeldTasks.ShouldBeEmpty();
    }

    private static async Task<List<TaskRecord>> EndAsync(ScriptedLink link)
    {
        var records = new List<TaskRecord>();
        while (records.Count == 0 || records[^1].Ended is null)
        {
            var message = await link.NextAsync();
            message.MessageCase.ShouldBeOneOf(MessageOneofCase.Records, MessageOneofCase.Heartbeat, MessageOneofCase.Facts);
            records.AddRange(message.Records?.Records ?? []);
        }

        return records;
    }

    private static ControllerMessage Read(string pinned) => ControllerMessage.Parser.ParseFrom(Convert.FromBase64String(pinned));
}
