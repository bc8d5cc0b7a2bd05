using System.Net;
using System.Text.Json.Nodes;

namespace Sluice.Server.Description;

/// <summary>Text made harmless on its way into a page.</summary>
internal static class Html
{
    /// <summary>Text as it stands.</summary>
    public static string E(string text) => WebUtility.HtmlEncode(text);

    public static string E(JsonNode? node) => E(Text(node));

    /// <summary>Text between backticks is code; all else is text.</summary>
    public static string Prose(JsonNode? node) => node is null ? "" : Prose(Text(node));

    public static string Prose(string text)
    {
        var parts = text.Split('`');
        return string.Concat(
            parts.Select((part, index) => index % 2 == 1 ? $"<code>{E(part)}</code>" : E(part))
        );
    }

    public static string Text(JsonNode? node) => node?.ToString() ?? "";

    /// <summary>Everything up to the content.</summary>
    /// <param name="scripted">Whether the page works with <c>/docs/try.js</c>.</param>
    public static string Head(string title, bool scripted = false) =>
        $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{E(title)}</title>
            <link rel="stylesheet" href="/docs/reference.css">
            {(scripted ? "<script src=\"/docs/try.js\" defer></script>\n" : "")}</head>

            """;
}
