using Fleet.Protocol.V1;
using Fleet.Security.Client;
using Google.Protobuf;

namespace Fleet.Security.Agents;

/// <summary>A program that speaks the agent's protocol with an agent's certificate, and says what it likes.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly ForeignClient _client;
    private readonly ForeignStream _stream;

    private FakeAgent(ForeignClient client, ForeignStream stream)
    {
        _client = client;
        _stream = stream;
    }

    /// <summary>Connects and is welcomed.</summary>
    public static async Task<FakeAgent> ConnectAsync(FleetUnderAttack fleet, Action<Hello>? change = null)
    {
        var hello = new Hello
        {
            ProtocolVersion = 1, AgentVersion = "0.1.0", BootId = "b0071d00-0000-4000-8000-000000000001", JournalId = "0123456789abcdef", ProcessId = Guid.NewGuid().ToString("N"),
            Facts = new Facts(),
        };
        change?.Invoke(hello);
        var client = fleet.ConnectAs("fake1");
        var stream = await ForeignStream.OpenAsync(client, "/fleet.v1.AgentLink/Connect", new AgentMessage { Hello = hello });
        var agent = new FakeAgent(client, stream);
        await agent.ReadAsync(message => message.Welcome is not null);
        return agent;
    }

    public void Send(AgentMessage message) => _stream.Write(message);

    /// <summary>Sends as soon as there is room for it.</summary>
    public ValueTask SendAsync(AgentMessage message) => _stream.WriteAsync(message);

    public void SendRaw(byte[] bytes) => _stream.WriteRaw(bytes);

    public void Send(params TaskRecord[] records) => Send(new AgentMessage { Records = new TaskRecords { Records = { records } } });

    public Task<ControllerMessage> ReadAsync(Func<ControllerMessage, bool> isWanted) => _stream.ReadAsync(ControllerMessage.Parser, isWanted);

    /// <summary>How the controller ends the connection.</summary>
    public Task<Answer> EndAsync() => _stream.EndAsync();

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>A frame of a report: one hit.</summary>
    public static AgentMessage Report(ulong number, params Hit[] hits) => new()
    {
        ScanReport = new ScanReport { Number = number, SpoolId = "fedcba9876543210", Hits = { hits } },
    };

    /// <summary>A line that no log has.</summary>
    public static Hit Hit(string scan, int id, string text) => new()
    {
        Id = ByteString.CopyFrom([.. BitConverter.GetBytes(id), .. new byte[12]]), Scan = scan, ScanRevision = 1, Pattern = "p", Severity = Severity.Critical, Source = "/var/log/x",
        SeenUs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000, Text = ByteString.CopyFromUtf8(text), Template = text,
    };
}
