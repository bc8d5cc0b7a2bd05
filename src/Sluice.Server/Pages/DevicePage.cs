using Sluice.Server.Identity;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Keys.Device;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;
using static Sluice.Server.Pages.Sheet;

namespace Sluice.Server.Pages;

/// <summary>
/// <c>/device</c>: a person signs in, types the code that a program shows, sees which program it is, from where, since when and what it
/// wants, and decides.
/// </summary>
internal sealed class DevicePage(
    SignIn signIn,
    SignInWithCode withCode,
    SessionLookup sessions,
    SessionCookie cookie,
    SameOrigin origin,
    DecideDevice devices,
    Database database,
    TimeProvider clock
)
{
    private const string Title = "Connect a program";
    private const string Path = "/device";

    public static async Task<IResult> Get(HttpContext context, DevicePage page) =>
        await page.Who(context) is { } who ? AskForCode(context, who, null) : AskWho(context, null);

    public static Task<IResult> Post(HttpContext context, DevicePage page) => page.Take(context);

    private async Task<IResult> Take(HttpContext context)
    {
        var read = await PageForm.Read(context, origin);
        if (read.Refused)
            return AskWho(context, read.Refusal);
        var form = read.Value;
        if (form["act"] == "sign-in")
            return await Enter(context, form);
        if (form["act"] == "second")
            return await EnterCode(context, form);
        if (await Who(context) is not { } who)
            return AskWho(context, null);
        if (!form.IsOf(who.Brought))
            return AskForCode(context, who, IdentityRefusals.FormNotOurs);
        return form["act"] switch
        {
            "code" => await ShowAsked(context, who, form["code"]),
            "approve" => await Decide(context, who, form["code"], approve: true),
            "deny" => await Decide(context, who, form["code"], approve: false),
            "sign-out" => await Leave(context, who),
            _ => AskForCode(context, who, null),
        };
    }

    /// <summary>Who is signed in, with the cookie that the request brought and the one that the answer leaves.</summary>
    private sealed record Visitor(FoundSession Session, string Brought, string Cookie)
    {
        public override string ToString() => "Visitor";
    }

    private async Task<Visitor?> Who(HttpContext context) =>
        cookie.Read(context.Request) is { } text && await sessions.Find(context) is { } found
            ? new Visitor(found, text, SessionLookup.Given(context) ?? text)
            : null;

    private async Task<IResult> Enter(HttpContext context, PageForm form)
    {
        var request = new SignIn.Request
        {
            OrgId = form["org_id"],
            Email = form["email"],
            Password = form["password"],
        };
        var entered = await signIn.Sign(context, request);
        return !entered.Refused ? GoTo(context, Path)
            : entered.Refusal == FactorRefusals.CodeNeeded ? AskSecond(context, entered.Refusal)
            : AskWho(context, entered.Refusal);
    }

    private async Task<IResult> EnterCode(HttpContext context, PageForm form)
    {
        var entered = await withCode.Sign(
            context,
            new SignInWithCode.Request { Code = form["second"] }
        );
        return !entered.Refused ? GoTo(context, Path)
            : entered.Refusal == FactorRefusals.StepOver ? AskWho(context, entered.Refusal)
            : AskSecond(context, entered.Refusal);
    }

    private async Task<IResult> Leave(HttpContext context, Visitor who)
    {
        var (session, now) = (who.Session, clock.GetUtcNow().ToUnixTimeMilliseconds());
        await database.Write(async store =>
        {
            await SessionStore.End(store, session.TenantId, session.MemberId, session.Id, now);
            await Audit.Record(
                store,
                Origin
                    .Of(context)
                    .As(session.TenantId, OwnerKinds.Member, session.MemberId, session.Email),
                MemberFacts.SignedOut(session.Id)
            );
        });
        cookie.Clear(context.Response);
        return GoTo(context, Path);
    }

    private async Task<IResult> ShowAsked(HttpContext context, Visitor who, string? code)
    {
        var found = await devices.Find(who.Session, code, context.Connection.RemoteIpAddress);
        return found.Refused
            ? AskForCode(context, who, found.Refusal)
            : Show(context, Title, Asked(found.Value, who, code!));
    }

    private async Task<IResult> Decide(HttpContext context, Visitor who, string? code, bool approve)
    {
        var decided = await devices.Decide(who.Session, code, approve, context);
        if (decided.Refused)
            return AskForCode(context, who, decided.Refusal);
        return Show(
            context,
            approve ? "Connected" : "Refused",
            approve
                ? $"<p>{E(decided.Value.ClientId)} gets a key named <code>{RedeemDevice.KeyName}</code> in {E(who.Session.Handle)}. You can close this page; the key is <a href=\"/console/api-keys\">among yours</a>, where you can revoke it.</p>"
                : $"<p>{E(decided.Value.ClientId)} gets nothing. If it was not yours, nothing else is to be done.</p>"
        );
    }

    private static IResult AskWho(HttpContext context, Refusal? refusal) =>
        Show(
            context,
            Title,
            $"""
            <p>A program asks for a key in your name. Sign in first; then you see which.</p>
            {Said(refusal)}
            <form method="post" action="{Path}">
            {Field(
                "org_id",
                "Organisation",
                "required maxlength=\"39\" autocomplete=\"organization\" autocapitalize=\"none\" spellcheck=\"false\""
            )}
            {Field(
                "email",
                "E-mail address",
                "required type=\"email\" maxlength=\"254\" autocomplete=\"username\""
            )}
            {Field(
                "password",
                "Password",
                "required type=\"password\" maxlength=\"1024\" autocomplete=\"current-password\""
            )}
            <button name="act" value="sign-in">Sign in</button>
            </form>
            """,
            refusal?.Status ?? StatusCodes.Status200OK
        );

    private static IResult AskSecond(HttpContext context, Refusal refusal) =>
        Show(
            context,
            Title,
            $"""
            {Said(refusal)}
            <form method="post" action="{Path}">
            {Field(
                "second",
                "Code of your authenticator, or a recovery code",
                "required maxlength=\"64\" autocomplete=\"one-time-code\" autocapitalize=\"none\" spellcheck=\"false\""
            )}
            <button name="act" value="second">Sign in</button>
            </form>
            """,
            refusal.Status
        );

    private static IResult AskForCode(HttpContext context, Visitor who, Refusal? refusal) =>
        Show(
            context,
            Title,
            $"""
            {SignedInAs(who)}
            {Said(refusal)}
            <form method="post" action="{Path}">
            {Token(who)}
            {Field(
                "code",
                "The code that the program shows",
                "required maxlength=\"20\" autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" placeholder=\"XXXX-XXXX\""
            )}
            <button name="act" value="code">Continue</button>
            </form>
            <p class="hint">Type a code only if you have just started the program yourself. Nobody from support will send you one.</p>
            """,
            refusal?.Status ?? StatusCodes.Status200OK
        );

    private string Asked(DeviceGrant grant, Visitor who, string code)
    {
        var age = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(grant.CreatedAt);
        var rights = ScopeNames.OfRole(who.Session.Role);
        var given = grant.Scopes is { } asked ? (Scopes)asked & rights : rights;
        var names = string.Concat(
            ScopeNames.Names(given).Select(name => $"<li><code>{E(name)}</code></li>")
        );
        return $"""
            {SignedInAs(who)}
            <dl>
            <dt>Program</dt><dd>{E(grant.ClientId)}{(
                grant.Agent.Length > 0 ? $", which calls itself <q>{E(grant.Agent)}</q>" : ""
            )}</dd>
            <dt>Asks from</dt><dd>{E(grant.Address)}</dd>
            <dt>Since</dt><dd>{E(Ago(age))}</dd>
            <dt>Environment</dt><dd>{E(grant.Environment)}</dd>
            <dt>{(
                grant.Scopes is null ? "May do all that you may" : "May"
            )}</dt><dd><ul class="rights">{names}</ul></dd>
            </dl>
            <p>If the address or the time is not what you expect, refuse.</p>
            <form method="post" action="{Path}">
            {Token(who)}
            <input type="hidden" name="code" value="{E(code)}">
            <button name="act" value="approve">Approve</button>
            <button name="act" value="deny" class="quiet">Refuse</button>
            </form>
            """;
    }

    private static string Ago(TimeSpan age) =>
        age.TotalSeconds < 2 ? "a second ago"
        : age.TotalMinutes < 1 ? $"{(int)age.TotalSeconds} seconds ago"
        : age.TotalMinutes < 2 ? "1 minute ago"
        : $"{(int)age.TotalMinutes} minutes ago";

    private static string Token(Visitor who) =>
        $"<input type=\"hidden\" name=\"{PageForm.TokenField}\" value=\"{PageForm.TokenFor(who.Cookie)}\">";

    private static string SignedInAs(Visitor who) =>
        $"""
            <form method="post" action="{Path}" class="who">
            {Token(who)}
            <p>Signed in as <b>{E(who.Session.Email)}</b>, organisation <b>{E(
                who.Session.Handle
            )}</b>
            <button name="act" value="sign-out" class="link">Sign out</button></p>
            </form>
            """;
}
