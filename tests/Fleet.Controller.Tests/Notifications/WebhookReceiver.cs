using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Fleet.Controller.Tests.Link;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Controller.Tests.Notifications;

/// <summary>A real HTTP server that keeps what is posted to it and answers as it is told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly Channel<JsonElement> _received = Channel.CreateUnbounded<JsonElement>();
    private readonly WebApplication _app;
    private volatile Func<JsonElement, Answer> _answer = _ => new Answer(200, "", []);

    private WebhookReceiver(WebApplication app) => _app = app;

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/hook";

    /// <summary>Headers of the latest message.</summary>
    public IHeaderDictionary Headers { get; private set; } = new HeaderDictionary();

    /// <summary>Messages that nobody has looked at yet.</summary>
    public int Waiting => _received.Reader.Count;

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync().WaitAsync(TestController.Patience);
        return receiver;
    }

    /// <summary>From now on.</summary>
    public void AnswerWith(int status, string? body = null, params string[] headers) =>
        AnswerWith(_ => new Answer(status, body ?? (status == 200 ? "" : "no"), headers));

    /// <summary>From now on, whatever that says of a message.</summary>
    public void AnswerWith(Func<JsonElement, Answer> answer) => _answer = answer;

    public async Task<JsonElement> NextAsync() => await _received.Reader.ReadAsync().AsTask().WaitAsync(TestController.Patience);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var document = await JsonDocument.ParseAsync(http.Request.Body);
        Headers = new HeaderDictionary(http.Request.Headers.ToDictionary(header => header.Key, header => header.Value));
        await _received.Writer.WriteAsync(document.RootElement.Clone());
        var answer = _answer(document.RootElement);
        http.Response.StatusCode = answer.Status;
        foreach (var header in answer.Headers.Select(header => header.Split(": ", 2)))
            http.Response.Headers[header[0]] = header[1];
        await http.Response.WriteAsync(answer.Body);
    }

    /// <param name="Status">The status.</param>
    /// <param name="Body">The body.</param>
    /// <param name="Headers">Headers as they are written: <c>Retry-After: 1</c>.</param>
    internal sealed record Answer(int Status, string Body, string[] Headers);
}
