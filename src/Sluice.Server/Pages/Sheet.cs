using System.Net;
using System.Text;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Pages;

/// <summary>A page: its frame, and the headers that hold the browser to it.</summary>
internal static class Sheet
{
    // With `no-referrer` browsers would send `Origin: null` with a form, as a page elsewhere does that hides.
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Text as it stands.</summary>
    public static string E(string? text) => WebUtility.HtmlEncode(text) ?? "";

    /// <param name="title">What it is about.</param>
    /// <param name="content">HTML.</param>
    /// <param name="status">The status of what was tried.</param>
    public static IResult Show(
        HttpContext context,
        string title,
        string content,
        int status = StatusCodes.Status200OK
    )
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        var html = $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{E(title)} · Sluice</title>
            <link rel="stylesheet" href="/pages/style.css">
            <script src="/pages/link.js" defer></script>
            </head>
            <body>
            <main>
            <p class="name">Sluice</p>
            <h1>{E(title)}</h1>
            {content}
            </main>
            </body>
            </html>

            """;
        return TypedResults.Text(html, "text/html; charset=utf-8", Encoding.UTF8, status);
    }

    /// <summary>Goes on to a page of this server.</summary>
    /// <param name="path">One that is written in the code, never one that was asked for.</param>
    public static IResult GoTo(HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Empty;
    }

    /// <summary>Why something was refused, for people; empty for no refusal.</summary>
    public static string Said(Refusal? refusal)
    {
        if (refusal is null)
            return "";
        var wait = refusal.RetryAfter is { } seconds ? $" ({seconds} s)" : "";
        var said =
            refusal.Mistakes.Count == 0
                ? $"<p>{Marked(refusal.Detail)}{wait}</p>"
                : $"<p>This was not accepted:</p><ul>{string.Concat(refusal.Mistakes.Select(mistake => $"<li>{Marked(mistake.Message)}</li>"))}</ul>";
        return $"<div class=\"said\" role=\"alert\">{said}</div>";
    }

    /// <summary>A sentence in which names stand between backticks.</summary>
    private static string Marked(string text) =>
        string.Concat(
            text.Split('`').Select((part, i) => i % 2 == 1 ? $"<code>{E(part)}</code>" : E(part))
        );

    /// <summary>A field with its label.</summary>
    /// <param name="more">Further attributes, as HTML.</param>
    public static string Field(string name, string label, string more) =>
        $"<label for=\"{name}\">{E(label)}</label><input id=\"{name}\" name=\"{name}\" {more}>";
}
