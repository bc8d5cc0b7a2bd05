using Microsoft.AspNetCore.Connections;
using Sluice.Seal;
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
    ILogger<RequestEdge> log
)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var id = ids.Next().ToString();
        context.TraceIdentifier = id;
        context.Response.Headers["X-Request-Id"] = id;
        context.Response.Headers.XContentTypeOptions = "nosniff";
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
