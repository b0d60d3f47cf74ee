using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>A method ready to be mapped, with the attributes of its class and handler (authorization, for one).</summary>
internal sealed record MappedMethod(IMethod Method, RequestDelegate Handle, IReadOnlyList<object> Attributes);
