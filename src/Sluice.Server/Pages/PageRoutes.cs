using Sluice.Server.Vocabulary;

namespace Sluice.Server.Pages;

internal static class PageRoutes
{
    private const string Html = "text/html";

    private static readonly byte[] Style = Resource("pages/style.css");
    private static readonly byte[] Script = Resource("pages/link.js");

    public static IServiceCollection AddPages(this IServiceCollection services) =>
        services.AddSingleton<DevicePage>();

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapGet("/device", DevicePage.Get).Shows("Device", "approve a device");
        app.MapPost("/device", DevicePage.Post).Sends("Device", "approve a device");
        app.MapGet("/invitation", LinkPages.GetInvitation)
            .Shows("Invitation", "accept an invitation");
        app.MapPost("/invitation", LinkPages.PostInvitation)
            .Sends("Invitation", "accept an invitation");
        app.MapGet("/reset-password", LinkPages.GetReset).Shows("Reset", "set a new password");
        app.MapPost("/reset-password", LinkPages.PostReset).Sends("Reset", "set a new password");
        app.MapGet("/pages/style.css", () => TypedResults.Bytes(Style, "text/css; charset=utf-8"))
            .WithName("getPageStyle")
            .Does("Read the style of the pages for people")
            .GivesText("text/css", "The style");
        app.MapGet(
                "/pages/link.js",
                () => TypedResults.Bytes(Script, "text/javascript; charset=utf-8")
            )
            .WithName("getPageScript")
            .Does("Read the script of the pages that links lead to")
            .GivesText("text/javascript", "The script");
    }

    private static RouteHandlerBuilder Shows(
        this RouteHandlerBuilder route,
        string name,
        string what
    ) =>
        route
            .WithName($"show{name}Page")
            .Does($"Show the page on which a person can {what}")
            .GivesText(Html, "The page");

    private static RouteHandlerBuilder Sends(
        this RouteHandlerBuilder route,
        string name,
        string what
    ) =>
        route
            .WithName($"send{name}Page")
            .Does($"Take the form of the page on which a person can {what}")
            .GivesText(Html, "The page");

    private static byte[] Resource(string name)
    {
        using var stream = typeof(PageRoutes).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
