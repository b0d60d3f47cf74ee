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
    private const string AnyService = "{grpcUnknownService}/{grpcUnknownMethod}";

    public static void Map(IEndpointRouteBuilder builder, IEnumerable<string> services)
    {
        foreach (var service in services)
            Map(builder, $"{service}/{{grpcUnknownMethod}}", "The service has no such method.");

        var mapped = builder.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();
        if (!mapped.Any(endpoint => endpoint.RoutePattern.RawText == AnyService))
            Map(builder, AnyService, "There is no such service.");
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

    private sealed class GrpcContentType : IRouteConstraint
    {
        public bool Match(
            HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is null || GrpcHeaders.IsGrpcContentType(httpContext.Request.ContentType);
    }
}
