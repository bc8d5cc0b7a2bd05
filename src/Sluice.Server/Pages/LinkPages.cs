using Sluice.Server.Identity;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Invitations;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Vocabulary;
using static Sluice.Server.Pages.Sheet;

namespace Sluice.Server.Pages;

/// <summary>
/// <c>/invitation</c> and <c>/reset-password</c>: where links lead whose code stands behind the <c>#</c>. A script moves it into the form;
/// without script the person does.
/// </summary>
internal static class LinkPages
{
    private const string Invited = "Accept the invitation";
    private const string Anew = "A new password";

    public static IResult GetInvitation(HttpContext context) => Invitation(context, null, null);

    public static async Task<IResult> PostInvitation(
        HttpContext context,
        AcceptInvitation act,
        SameOrigin origin
    )
    {
        var form = await PageForm.Read(context, origin);
        if (form.Refused)
            return Invitation(context, form.Refusal, null);
        var accepted = await act.Accept(
            context,
            new AcceptInvitation.Request
            {
                Token = form.Value["code"],
                Password = form.Value["password"],
                Name = form.Value["name"],
                Code = form.Value["second"] is { Length: > 0 } second ? second : null,
            }
        );
        return accepted.Refused
            ? Invitation(context, accepted.Refusal, form.Value)
            : Show(
                context,
                "Welcome",
                $"<p>You are signed in as <b>{E(accepted.Value.Email)}</b>, organisation <b>{E(accepted.Value.OrgId)}</b>, as {E(accepted.Value.Role)}.</p><p><a href=\"/console\">To the console</a></p><p>To use it from a terminal: <code>sluice login</code>, and type the code that it shows on <a href=\"/device\">this page</a>.</p>"
            );
    }

    public static IResult GetReset(HttpContext context) => Reset(context, null, null);

    public static async Task<IResult> PostReset(
        HttpContext context,
        ResetPassword act,
        SameOrigin origin
    )
    {
        var form = await PageForm.Read(context, origin);
        if (form.Refused)
            return Reset(context, form.Refusal, null);
        var refusal = await act.Set(
            Origin.Of(context),
            new ResetPassword.Request
            {
                Token = form.Value["code"],
                Password = form.Value["password"],
            },
            context.RequestAborted
        );
        return refusal is not null
            ? Reset(context, refusal, form.Value)
            : Show(
                context,
                "Your password is set",
                "<p>All your sessions have ended. <a href=\"/console\">Sign in</a> with the new password.</p>"
            );
    }

    private static IResult Invitation(HttpContext context, Refusal? refusal, PageForm? sent) =>
        Show(
            context,
            Invited,
            $"""
            <p>Choose a password of 12 characters or more; a few words are a good one. If you have a login here already, give its password.</p>
            {Said(refusal)}
            <form method="post" action="/invitation">
            {Code(refusal, sent)}
            {Field(
                "name",
                "Your name (as the invitation says when empty)",
                $"maxlength=\"200\" autocomplete=\"name\" value=\"{E(sent?["name"])}\""
            )}
            {Password}
            {(
                refusal == FactorRefusals.CodeNeeded || refusal == FactorRefusals.WrongCode
                    ? Second
                    : ""
            )}
            <button>Accept</button>
            </form>
            """,
            refusal?.Status ?? StatusCodes.Status200OK
        );

    private static IResult Reset(HttpContext context, Refusal? refusal, PageForm? sent) =>
        Show(
            context,
            Anew,
            $"""
            <p>12 characters or more; a few words are a good one. All your sessions end.</p>
            {Said(refusal)}
            <form method="post" action="/reset-password">
            {Code(refusal, sent)}
            {Password}
            <button>Set it</button>
            </form>
            """,
            refusal?.Status ?? StatusCodes.Status200OK
        );

    /// <summary>The code is out of the address by now: whoever has chosen too short a password would have to look for the link again.</summary>
    private static string Code(Refusal? refusal, PageForm? sent) =>
        Field(
            "code",
            "Code: what stands behind the # of your link",
            $"required maxlength=\"60\" autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\" value=\"{(refusal == IdentityRefusals.LinkNotValid ? "" : E(sent?["code"]))}\""
        );

    private static string Second =>
        Field(
            "second",
            "Code of your authenticator, or a recovery code",
            "required maxlength=\"64\" autocomplete=\"one-time-code\" autocapitalize=\"none\" spellcheck=\"false\""
        );

    private static string Password =>
        Field(
            "password",
            "Password",
            "required type=\"password\" maxlength=\"1024\" autocomplete=\"new-password\""
        );
}
