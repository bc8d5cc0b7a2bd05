using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

internal static class SessionRoutes
{
    public static IServiceCollection AddSessions(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services
            .AddOptions<SessionOptions>()
            .Bind(configuration.GetSection("Sessions"))
            .Validate(
                static options => options.IsGood(),
                "Sessions: Cookie is a name of letters, digits, _ - and .; Lifetime is 1 minute to 30 days, Idle 1 minute to Lifetime, FailuresPerMinute 1 or more."
            )
            .ValidateOnStart();
        services.AddHostedService<SessionSweeper>();
        return services
            .AddSingleton<SessionCookie>()
            .AddSingleton<SessionLookup>()
            .AddSingleton<SessionOpener>()
            .AddSingleton<SignInLimits>()
            .AddSingleton<SameOrigin>()
            .AddSingleton<SignIn>()
            .AddSingleton<SwitchOrganization>();
    }

    public static void MapSessions(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/auth/login", SignIn.Handle)
            .WithName("signIn")
            .Does("Sign a person in with a password; the session is in a cookie")
            .Takes(SessionJson.Default.SignInRequest)
            .Gives(SessionJson.Default.SessionShown)
            .Refuses(
                IdentityRefusals.SignInFailed,
                FactorRefusals.CodeNeeded,
                FactorRefusals.WrongCode,
                IdentityRefusals.TooManyTries
            );
        app.MapPost("/api/v1/auth/logout", SignOut.Handle)
            .WithName("signOut")
            .Does("End the session that asks")
            .GivesNothing();
        app.MapGet("/api/v1/auth/session", ShowSession.Handle)
            .WithName("getSession")
            .Does("Say who is signed in")
            .Gives(SessionJson.Default.SessionShown);
        app.MapGet("/api/v1/auth/sessions", ListSessions.Handle)
            .WithName("listSessions")
            .Does("List where the person is signed in, newest first")
            .Gives(SessionJson.Default.ListSessionsResponse);
        app.MapDelete("/api/v1/auth/sessions", EndSession.HandleOthers)
            .WithName("endOtherSessions")
            .Does("End all sessions of the person but the one that asks")
            .GivesNothing();
        app.MapDelete("/api/v1/auth/sessions/{id}", EndSession.Handle)
            .WithName("endSession")
            .Does("End a session of the person; it is refused on its very next use")
            .GivesNothing()
            .Refuses(IdentityRefusals.SessionNotFound);
        app.MapGet("/api/v1/auth/organizations", ListOrganizations.Handle)
            .WithName("listOwnOrganizations")
            .Does("List the organisations that the person belongs to")
            .Gives(SessionJson.Default.ListOrganizationsResponse);
        app.MapPost("/api/v1/auth/switch", SwitchOrganization.Handle)
            .WithName("switchOrganization")
            .Does("Go to another organisation of the person; the session that asks ends")
            .Takes(SessionJson.Default.SwitchOrganizationRequest)
            .Gives(SessionJson.Default.SessionShown)
            .Refuses(IdentityRefusals.NotAMember, IdentityRefusals.SessionNotFound);
        app.MapGet("/api/v1/auth/sso/availability", SsoAvailability.Handle)
            .WithName("getSsoAvailability")
            .Does("Say whether an organisation's people sign in through a provider of its own")
            .Query("org_id", "The organisation's handle.")
            .Gives(SessionJson.Default.SsoAvailabilityResponse);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(SignIn.Request), TypeInfoPropertyName = "SignInRequest")]
[JsonSerializable(typeof(SessionShown))]
[JsonSerializable(
    typeof(ListOrganizations.Response),
    TypeInfoPropertyName = "ListOrganizationsResponse"
)]
[JsonSerializable(
    typeof(SwitchOrganization.Request),
    TypeInfoPropertyName = "SwitchOrganizationRequest"
)]
[JsonSerializable(typeof(ListSessions.Response), TypeInfoPropertyName = "ListSessionsResponse")]
[JsonSerializable(
    typeof(SsoAvailability.Response),
    TypeInfoPropertyName = "SsoAvailabilityResponse"
)]
internal sealed partial class SessionJson : JsonSerializerContext;
