using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

/// <summary>How the pages say no: whoever is not signed in is shown the way, anything else is a page of its own.</summary>
internal static class PageDialect
{
    public static readonly RefusalDialect Value = new("page") { Write = Write };

    private static Task Write(HttpContext context, Refusal refusal)
    {
        if (refusal.Status != StatusCodes.Status401Unauthorized)
            return new ConsolePage(
                typeof(Layout.BarePage),
                new() { [nameof(Layout.BarePage.Model)] = refusal },
                refusal.Status
            ).ExecuteAsync(context);
        var request = context.Request;
        var wanted = HttpMethods.IsGet(request.Method)
            ? request.Path.Value + request.QueryString
            : request.Path.Value;
        return new SeeOther(
            "/console/sign-in" + QueryString.Create(SignIn.SignInPages.Next, wanted ?? "")
        ).ExecuteAsync(context);
    }
}
