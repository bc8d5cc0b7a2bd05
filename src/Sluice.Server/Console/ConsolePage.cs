using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

/// <summary>A component rendered on the server as a whole page, with the header fields of every page of the console.</summary>
/// <param name="component">The page.</param>
/// <param name="parameters">Its parameters, by name.</param>
/// <param name="status">HTTP status.</param>
internal sealed class ConsolePage(
    Type component,
    Dictionary<string, object?> parameters,
    int status
) : IResult
{
    /// <summary>Everything from here, and no script or style within a page.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        await using var renderer = new HtmlRenderer(
            services,
            services.GetRequiredService<ILoggerFactory>()
        );
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync(
                component,
                ParameterView.FromDictionary(parameters)
            );
            return root.ToHtmlString();
        });
        var response = httpContext.Response;
        // A form that was refused answers with the refusal's status, shown again or not.
        response.StatusCode =
            status == StatusCodes.Status200OK
            && HttpMethods.IsPost(httpContext.Request.Method)
            && httpContext.Items[typeof(Refusal)] is Refusal refused
                ? refused.Status
                : status;
        response.ContentType = "text/html; charset=utf-8";
        Guard(response.Headers);
        await Write(httpContext, Encoding.UTF8.GetBytes(html));
    }

    /// <summary>What keeps a page, and what its script is answered, to itself: no other host, no frame, no copy in a cache.</summary>
    public static void Guard(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-store";
        headers.XFrameOptions = "DENY";
        // Not no-referrer: a browser would send the origin of a form as null.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
    }

    private static async Task Write(HttpContext context, byte[] html)
    {
        var response = context.Response;
        response.Headers.Vary = "Accept-Encoding";
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("br"))
        {
            response.ContentLength = html.Length;
            await response.Body.WriteAsync(html, context.RequestAborted);
            return;
        }
        response.Headers.ContentEncoding = "br";
        await using var brotli = new BrotliStream(response.Body, CompressionLevel.Fastest);
        await brotli.WriteAsync(html, context.RequestAborted);
    }
}
