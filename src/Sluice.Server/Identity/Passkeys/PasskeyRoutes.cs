using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passkeys;

internal static class PasskeyRoutes
{
    public static IServiceCollection AddPasskeys(this IServiceCollection services) =>
        services
            .AddSingleton<PasskeyCeremony>()
            .AddSingleton<AddPasskey>()
            .AddSingleton<SignInWithPasskey>();

    public static void MapPasskeys(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/auth/login/passkey/begin", SignInWithPasskey.HandleBegin)
            .WithName("beginPasskeySignIn")
            .Does("Begin to sign in with a passkey: what the browser is to ask the authenticator")
            .Gives(PasskeyJson.Default.BeginPasskeyResponse)
            .Refuses(PasskeyRefusals.Unavailable, IdentityRefusals.TooManyTries);
        app.MapPost("/api/v1/auth/login/passkey", SignInWithPasskey.Handle)
            .WithName("signInWithPasskey")
            .Does("Sign a person in with a passkey and nothing else; the session is in a cookie")
            .Takes(PasskeyJson.Default.SignInWithPasskeyRequest)
            .Gives(SessionJson.Default.SessionShown)
            .Refuses(
                PasskeyRefusals.NotAccepted,
                PasskeyRefusals.OrganizationNeeded,
                FactorRefusals.StepOver,
                IdentityRefusals.TooManyTries
            );
        app.MapGet("/api/v1/auth/passkeys", ListPasskeys.Handle)
            .WithName("listPasskeys")
            .Does("List the person's passkeys, oldest first")
            .Gives(PasskeyJson.Default.ListPasskeysResponse);
        app.MapPost("/api/v1/auth/passkeys/begin", BeginPasskey.Handle)
            .WithName("beginPasskey")
            .Does("Begin to add a passkey, with the password shown again")
            .Takes(PasskeyJson.Default.Proof)
            .Gives(PasskeyJson.Default.BeginPasskeyResponse)
            .Refuses(
                IdentityRefusals.WrongPassword,
                FactorRefusals.CodeNeeded,
                FactorRefusals.WrongCode,
                PasskeyRefusals.TooMany,
                PasskeyRefusals.Unavailable,
                IdentityRefusals.TooManyTries
            );
        app.MapPost("/api/v1/auth/passkeys", AddPasskey.Handle)
            .WithName("addPasskey")
            .Does("Add the passkey that the authenticator made")
            .Takes(PasskeyJson.Default.AddPasskeyRequest)
            .Gives(PasskeyJson.Default.PasskeyShown, 201)
            .Refuses(PasskeyRefusals.NotAccepted, FactorRefusals.StepOver);
        app.MapPatch("/api/v1/auth/passkeys/{id}", RenamePasskey.Handle)
            .WithName("renamePasskey")
            .Does("Give a passkey another name")
            .Takes(PasskeyJson.Default.RenamePasskeyRequest)
            .GivesNothing()
            .Refuses(PasskeyRefusals.NotFound);
        app.MapDelete("/api/v1/auth/passkeys/{id}", RemovePasskey.Handle)
            .WithName("removePasskey")
            .Does("Remove a passkey; it opens nothing from its very next use on")
            .GivesNothing()
            .Refuses(PasskeyRefusals.NotFound, FactorRefusals.ProofNeeded);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(Proof))]
[JsonSerializable(typeof(PasskeyShown))]
[JsonSerializable(typeof(BeginPasskey.Response), TypeInfoPropertyName = "BeginPasskeyResponse")]
[JsonSerializable(typeof(AddPasskey.Request), TypeInfoPropertyName = "AddPasskeyRequest")]
[JsonSerializable(typeof(RenamePasskey.Request), TypeInfoPropertyName = "RenamePasskeyRequest")]
[JsonSerializable(typeof(ListPasskeys.Response), TypeInfoPropertyName = "ListPasskeysResponse")]
[JsonSerializable(
    typeof(SignInWithPasskey.Request),
    TypeInfoPropertyName = "SignInWithPasskeyRequest"
)]
internal sealed partial class PasskeyJson : JsonSerializerContext;
