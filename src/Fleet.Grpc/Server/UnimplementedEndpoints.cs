using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Answers gRPC calls of methods and services that nobody offers. Other requests pass by.</summary>
internal static class UnimplementedEndpoints
{
    public static void Map(IEndpointRouteBuilder builder, Mapped mapped, IEnumerable<string> services)
    {
        foreach (var service in services.Where(mapped.Services.Add))
            Map(builder, $"{service}/{{grpcUnknownMethod}}", "The service has no such method.");

        if (!mapped.AnyService)
            Map(builder, "{grpcUnknownService}/{grpcUnknownMethod}", "There is no such service.");

        mapped.AnyService = true;
    }

    private static void Map(IEndpointRouteBuilder builder, string pattern, string detail)
    {
        var route = RoutePatternFactory.Parse(pattern, defaults: null, parameterPolicies: new RouteValueDictionary
        {
            ["grpcUnknownMethod"] = new GrpcContentType(),
        });
        var endpoint = builder.MapPost(pattern, http =>
        {
            ResponseHead.WriteTrailersOnly(http.Response, new Status(StatusCode.Unimplemented, detail));
            return Task.CompletedTask;
        });
        endpoint.Add(target =>
        {
            var routed = (RouteEndpointBuilder)target;
            routed.RoutePattern = route;

            // After everything else that the application maps, but before its catch-all.
            routed.Order = int.MaxValue - 1;
        });
        endpoint.WithDisplayName($"gRPC - unimplemented {pattern}");
    }

    /// <summary>What an application has mapped so far: two equal routes would be ambiguous.</summary>
    internal sealed class Mapped
    {
        public HashSet<string> Services { get; } = [];

        public bool AnyService { get; set; }
    }

    private sealed class GrpcContentType : IRouteConstraint
    {
        public bool Match(
            HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is null || GrpcHeaders.IsGrpcContentType(httpContext.Request.ContentType);
    }
}
