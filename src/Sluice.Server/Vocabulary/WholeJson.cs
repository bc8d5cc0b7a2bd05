using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.Server.Vocabulary;

/// <summary>
/// A JSON answer that goes out in one piece, with its length. The framework sends the head with a first part and the end with another, which
/// costs a short answer as much again as all the rest.
/// </summary>
internal sealed class WholeJson<T>(T value, JsonTypeInfo<T> type) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = body.Length;
        return httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }
}
