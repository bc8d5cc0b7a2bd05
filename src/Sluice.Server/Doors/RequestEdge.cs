using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Sluice.Seal;
using Sluice.Server.Doors.Decisions;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>
/// The outermost layer: gives a request its id (<c>X-Request-Id</c>), turns bugs and lost databases into answers
/// that say nothing of the inside, and logs one line for each request.
/// </summary>
internal sealed partial class RequestEdge(
    RequestDelegate next,
    UlidSource ids,
    RefusalLog refusals,
    TimeProvider clock,
    ILogger<RequestEdge> log
)
{
    private Func<object, Task>? _note;

    public async Task InvokeAsync(HttpContext context)
    {
        var began = clock.GetTimestamp();
        // Before the first byte leaves: whoever asks why, having read the answer, finds it on record.
        context.Response.OnStarting(_note ??= Note, context);
        try
        {
            await Guard(context);
        }
        finally
        {
            Tell(context, clock.GetElapsedTime(began));
        }
    }

    private Task Note(object answered)
    {
        var context = (HttpContext)answered;
        // Who is let in costs no look at what is kept beside the request.
        if (
            context.Response.StatusCode >= StatusCodes.Status400BadRequest
            && context.Items[typeof(Refusal)] is Refusal { IsAccess: true } refusal
        )
            refusals.Note(context, refusal);
        return Task.CompletedTask;
    }

    private async Task Guard(HttpContext context)
    {
        var id = ids.Next().ToString();
        context.TraceIdentifier = id;
        context.Response.Headers["X-Request-Id"] = id;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        using var scope = log.BeginScope(new LogScope("RequestId", id));
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has left; there is nobody to answer.
        }
        catch (BadHttpRequestException error)
        {
            LogBadRequest(log, error.StatusCode, id);
            await Answer(
                context,
                error.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? CommonRefusals.TooLarge
                    : CommonRefusals.InvalidBody
            );
        }
        catch (ConnectionResetException)
        {
            // The caller has left in the middle of its body.
        }
        catch (IOException error) when (error.InnerException is OverflowException)
        {
            // A chunk whose length is no number that the listener knows.
            LogBadRequest(log, StatusCodes.Status400BadRequest, id);
            await Answer(context, CommonRefusals.InvalidBody);
        }
        catch (StoreUnavailableException error)
        {
            LogStore(log, error.InnerException ?? error, id);
            await Answer(context, CommonRefusals.StoreUnavailable);
        }
        catch (Exception error)
        {
            LogBug(
                log,
                error,
                context.Request.Method,
                context.GetEndpoint()?.DisplayName ?? "no endpoint",
                id
            );
            await Answer(context, CommonRefusals.Internal);
        }
    }

    // The framework's own span of the request says nothing of it, so that it is said here.
    private static void Tell(HttpContext context, TimeSpan took)
    {
        var method = KnownMethod(context.Request.Method);
        var route = Route(context);
        var status = context.Response.StatusCode;
        Signals.Answered(method, route, status, took);
        if (Activity.Current is not { IsAllDataRequested: true } span)
            return;
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", status);
        span.SetTag("sluice.request_id", context.TraceIdentifier);
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }

    // A routed request is told by its pattern; one that found no route must not make a series of its own.
    private static string Route(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }
            ? pattern
            : "(none)";

    private static string KnownMethod(string method) =>
        method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "PATCH" or "OPTIONS"
            ? method
            : "other";

    private static Task Answer(HttpContext context, Refusal refusal)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        var id = context.TraceIdentifier;
        context.Response.Clear();
        context.Response.Headers["X-Request-Id"] = id;
        return refusal.ExecuteAsync(context);
    }

    [LoggerMessage(
        1001,
        LogLevel.Information,
        "A request could not be read ({Status}), request {RequestId}"
    )]
    private static partial void LogBadRequest(ILogger log, int status, string requestId);

    [LoggerMessage(1002, LogLevel.Error, "The store is unavailable, request {RequestId}")]
    private static partial void LogStore(ILogger log, Exception error, string requestId);

    [LoggerMessage(1003, LogLevel.Error, "{Method} {Endpoint} failed, request {RequestId}")]
    private static partial void LogBug(
        ILogger log,
        Exception error,
        string method,
        string endpoint,
        string requestId
    );
}
