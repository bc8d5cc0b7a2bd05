using Sluice.Server.Console.Home;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Passkeys;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.SignIn;

/// <summary>The way in and out: the session is the one of the API, opened and ended by its acts.</summary>
internal static class SignInPages
{
    public const string Root = "/console/sign-in";

    /// <summary>Where a code is asked for, once the password was right.</summary>
    public const string Code = Root + "/code";

    /// <summary>Where somebody who has forgotten the password asks for a link that sets a new one.</summary>
    public const string Forgotten = Root + "/forgotten";

    /// <summary>Field and query: the page that was wanted.</summary>
    public const string Next = "next";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(
            Root,
            (HttpContext context, string? next) => Form(context, FormState.Fresh, next, 200)
        );
        pages.MapPost(Root, Enter);
        pages.MapPost(Code, EnterCode);
        pages.MapGet(Forgotten, () => AskWhom(FormState.Fresh, StatusCodes.Status200OK));
        pages.MapPost(Forgotten, SendLink);
        pages.MapPost("/console/sign-out", Leave);
    }

    /// <param name="Passkeys">Whether the server has an address that passkeys can be bound to.</param>
    internal sealed record Model(FormState Form, string Next, string? Notice, bool Passkeys);

    private static async Task<IResult> Enter(HttpContext context, Acts acts)
    {
        var posted = await Posted.Read(context);
        if (posted.Refusal is { } unread)
            return Form(context, new FormState(posted, unread), null, unread.Status);
        var request = new Identity.Sessions.SignIn.Request
        {
            OrgId = posted.Text("org_id"),
            Email = posted.Text("email"),
            Password = posted["password"],
        };
        var refusal = await acts.Call(
            context,
            null,
            "signIn",
            ActInput.With(request, SessionJson.Default.SignInRequest)
        );
        return refusal is null ? new SeeOther(Local(posted[Next]))
            : refusal.Code == FactorRefusals.CodeNeeded.Code
                ? AskCode(context, FormState.Fresh, posted[Next], StatusCodes.Status200OK)
            : Form(context, new FormState(posted, refusal), posted[Next], refusal.Status);
    }

    private static async Task<IResult> EnterCode(HttpContext context, Acts acts)
    {
        var posted = await Posted.Read(context);
        if (posted.Refusal is { } unread)
            return AskCode(context, new FormState(posted, unread), null, unread.Status);
        var refusal = await acts.Call(
            context,
            null,
            "signInWithCode",
            ActInput.With(
                new SignInWithCode.Request { Code = posted["code"] },
                FactorJson.Default.SignInWithCodeRequest
            )
        );
        var form = new FormState(posted, refusal);
        return refusal is null ? new SeeOther(Local(posted[Next]))
            : refusal.Code == FactorRefusals.StepOver.Code
                ? Form(context, form, posted[Next], refusal.Status)
            : AskCode(context, form, posted[Next], refusal.Status);
    }

    /// <summary>What is said is the same whether there is such a person or not.</summary>
    private static async Task<IResult> SendLink(HttpContext context, Acts acts)
    {
        var posted = await Posted.Read(context);
        if (posted.Refusal is { } unread)
            return AskWhom(new FormState(posted, unread), unread.Status);
        var request = new ForgotPassword.Request
        {
            OrgId = posted.Text("org_id"),
            Email = posted.Text("email"),
        };
        var answer = await acts.Call(
            context,
            null,
            "forgotPassword",
            PasswordJson.Default.ForgotPasswordResponse,
            ActInput.With(request, PasswordJson.Default.ForgotPasswordRequest)
        );
        if (answer.Refused)
            return AskWhom(new FormState(posted, answer.Refusal), answer.Refusal.Status);
        NoticeCookie.Leave(context.Response, answer.Value.Message);
        return new SeeOther(Root);
    }

    private static async Task<IResult> Leave(Visit visit)
    {
        var posted = await visit.Read();
        // Whoever wants to leave may, whichever environment the page was of.
        if (posted.Refusal is { } refusal && refusal != ConsoleRefusals.EnvironmentSwitched)
            return visit.Refused(refusal);
        var kept = await visit.Do("signOut", ActInput.None);
        return kept is null ? visit.Done(Root, "You are signed out.") : visit.Refused(kept);
    }

    private static ConsolePage Form(
        HttpContext context,
        FormState form,
        string? next,
        int status
    ) =>
        new(
            typeof(SignInPage),
            new()
            {
                [nameof(SignInPage.Model)] = new Model(
                    form,
                    Local(next),
                    NoticeCookie.Take(context),
                    context.RequestServices.GetRequiredService<PasskeyCeremony>().IsPossible
                ),
            },
            status
        );

    private static ConsolePage AskCode(
        HttpContext context,
        FormState form,
        string? next,
        int status
    ) =>
        new(
            typeof(SignInCodePage),
            new() { [nameof(SignInCodePage.Model)] = new Model(form, Local(next), null, false) },
            status
        );

    private static ConsolePage AskWhom(FormState form, int status) =>
        new(
            typeof(SignInForgottenPage),
            new()
            {
                [nameof(SignInForgottenPage.Model)] = new Model(form, HomePages.Root, null, false),
            },
            status
        );

    /// <summary>A page of the console and nothing else: a link that somebody sends must not lead away from here.</summary>
    internal static string Local(string? next) =>
        next is not null
        && (next == HomePages.Root || next.StartsWith("/console/", StringComparison.Ordinal))
        && !next.StartsWith(Root, StringComparison.Ordinal)
        && !next.Contains('\\')
        && !next.Any(char.IsControl)
            ? next
            : HomePages.Root;
}
