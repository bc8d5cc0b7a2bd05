using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Components;
using Sluice.Seal;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

/// <summary>
/// Who looks at the console, and at which environment: found here and nowhere else. The session door has let the person in; the
/// environment is the one that this browser has switched to.
/// </summary>
public sealed class Visit
{
    private readonly FoundSession _person;
    private readonly string _secret;

    private Visit(HttpContext context, Caller caller, FoundSession person, string secret)
    {
        (Context, _person, _secret) = (context, person, secret);
        Zone = new Zone(person.TimeZone);
        Caller = caller with { Environment = EnvironmentCookie.Read(context.Request) };
        Notice = NoticeCookie.Take(context);
    }

    internal HttpContext Context { get; }

    /// <summary>The person as a caller of acts, in the environment that is looked at.</summary>
    internal Caller Caller { get; }

    internal string Email => _person.Email;

    internal string Name => _person.Name.Length > 0 ? _person.Name : _person.Email;

    internal string Role => _person.Role;

    /// <summary>In which the person reads times.</summary>
    internal Zone Zone { get; }

    /// <summary>Whether the person has shown within the last minutes who it is.</summary>
    internal bool IsProven =>
        Context.RequestServices.GetRequiredService<SecondFactor>().IsProven(_person);

    /// <summary>The tenant's handle.</summary>
    internal string Tenant => Caller.Handle;

    internal string Environment => Caller.Environment;

    internal bool IsTest => Environment == EnvironmentNames.Test;

    /// <summary>What the change before this page has to say; null for nothing.</summary>
    internal string? Notice { get; }

    /// <summary>Where people reach this server, such as <c>https://sluice.example.com</c>.</summary>
    internal string Origin => Context.RequestServices.GetRequiredService<PublicAddress>().Origin;

    internal DateTimeOffset Now =>
        Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    private Acts Api => Context.RequestServices.GetRequiredService<Acts>();

    /// <summary>Lets a page take its visit as a parameter; the doors have let it in.</summary>
    public static ValueTask<Visit?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var cookie = context.RequestServices.GetRequiredService<SessionCookie>();
        return ValueTask.FromResult<Visit?>(
            new Visit(
                context,
                context.Features.Get<Caller>()!,
                context.Features.Get<FoundSession>()!,
                cookie.Read(context.Request)!
            )
        );
    }

    /// <summary>The proof that goes into a form of this page: of the cookie that the visitor has when it is sent.</summary>
    internal string MintToken() => FormToken.Mint(SessionLookup.Given(Context) ?? _secret);

    internal bool May(Scopes scope) => Caller.May(scope);

    /// <summary>Whether this person may do an act at all.</summary>
    internal bool May(string act) => Api.May(Caller, act);

    internal Task<Outcome<T>> Ask<T>(string act, JsonTypeInfo<T> gives, ActInput? input = null)
        where T : class => Api.Call(Context, Caller, act, gives, input ?? ActInput.None);

    /// <summary>Null when it is done.</summary>
    internal Task<Refusal?> Do(string act, ActInput input) => Api.Call(Context, Caller, act, input);

    /// <summary>The form that was posted, with the refusal of one that was not served to this visitor for this environment.</summary>
    internal async Task<Posted> Read()
    {
        var posted = await Posted.Read(Context);
        if (posted.Refusal is not null)
            return posted;
        return posted with { Refusal = Check(posted[Posted.Token], posted[Posted.Environment]) };
    }

    /// <summary>Why what the hidden fields of a form say is not enough; null when it is.</summary>
    internal Refusal? Check(string token, string environment) =>
        !FormToken.Fits(_secret, token) ? Acts.Noted(Context, ConsoleRefusals.FormOutdated)
        : environment != Environment ? ConsoleRefusals.EnvironmentSwitched
        : null;

    /// <summary>Whether a form was sent before that showed something once, as a reload of that page sends it.</summary>
    internal bool HasSpent(Posted posted) =>
        SpentForms.Contains(Context.Request, posted[Posted.Token]);

    /// <summary>A page that shows something once; the form that led to it does nothing any more.</summary>
    internal IResult Once<TPage>(Posted posted, object model)
        where TPage : VisitPage
    {
        SpentForms.Add(Context, posted[Posted.Token]);
        return Page<TPage>(model);
    }

    /// <summary>A page, rendered on the server.</summary>
    /// <param name="model">What it shows.</param>
    internal IResult Page<TPage>(object? model = null, int status = StatusCodes.Status200OK)
        where TPage : VisitPage =>
        new ConsolePage(
            typeof(TPage),
            new() { [nameof(VisitPage.Visit)] = this, [nameof(VisitPage.Model)] = model },
            status
        );

    /// <summary>A page that says why there is nothing else to see.</summary>
    internal IResult Refused(Refusal refusal) => Page<Layout.RefusedPage>(refusal, refusal.Status);

    /// <summary>On to another page, which says what was done.</summary>
    internal IResult Done(string path, string? notice = null)
    {
        if (notice is not null)
            NoticeCookie.Leave(Context.Response, notice);
        return new SeeOther(path);
    }
}

/// <summary>What every page of a signed-in person has. Components are public to the framework; what they show is not.</summary>
public abstract class VisitPage : ComponentBase
{
    [Parameter, EditorRequired]
    public Visit Visit { get; set; } = null!;

    /// <summary>What the page shows, as its handler gave it.</summary>
    [Parameter]
    public object? Model { get; set; }

    internal T Of<T>() => (T)Model!;
}

/// <summary>303: whatever was posted, the next page is read.</summary>
internal sealed class SeeOther(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = path;
        httpContext.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
