using Fleet.Controller.Admission;
using Fleet.Controller.Hosting;
using Fleet.Controller.Identity;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Access;

/// <summary>
/// How many calls an identity may have in progress at once, by however many connections. A call counts until its response was taken:
/// responses that nobody reads stay in memory.
/// </summary>
internal sealed class CallLimit(Reloadable<ControllerOptions> options)
{
    // A link, a fetch, and those of a connection before whose end is not noticed yet.
    private const int PerAgent = 16;

    private readonly Shares<string> _operators = new(static () => int.MaxValue, () => options.Value.MaxCallsPerOperator);
    private readonly Shares<string> _agents = new(static () => int.MaxValue, static () => PerAgent);

    /// <summary>Counts a call until its response has left; false where the caller has too many. Who has no identity is bounded by connections.</summary>
    public bool TryEnter(CallerIdentity caller, HttpContext http, out int most)
    {
        most = caller is CallerIdentity.Agent ? PerAgent : options.Value.MaxCallsPerOperator;
        var share = caller switch
        {
            CallerIdentity.Operator person => _operators.TryTake(person.Id),
            CallerIdentity.Agent agent => _agents.TryTake(agent.Id),
            _ => null,
        };
        if (share is null)
            return caller is CallerIdentity.Anonymous;
        http.Response.RegisterForDispose(share);
        return true;
    }

    /// <summary>
    /// A step in the path of each request: an operator's call is over when the caller has taken the response. Kestrel would end the call of an
    /// unread response and keep the response; over HTTP/2 a flush ends only when the peer's window has let everything out.
    /// </summary>
    public static async Task HoldUntilTakenAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) || http.Response.BodyWriter is not { CanGetUnflushedBytes: true, UnflushedBytes: > 0 } response
            || http.GetCaller() is not CallerIdentity.Operator)
            return;
        try
        {
            await response.FlushAsync(http.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Nobody is there any more to take it.
        }
    }
}
