using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

internal static class FactorRoutes
{
    public static IServiceCollection AddFactors(this IServiceCollection services) =>
        services
            .AddSingleton<SecondFactor>()
            .AddSingleton<SignInStep>()
            .AddSingleton<SignInWithCode>();

    public static void MapFactors(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/auth/login/code", SignInWithCode.Handle)
            .WithName("signInWithCode")
            .Does("Finish signing in with a code, where the password alone is not enough")
            .Takes(FactorJson.Default.SignInWithCodeRequest)
            .Gives(SessionJson.Default.SessionShown)
            .Refuses(
                FactorRefusals.WrongCode,
                FactorRefusals.StepOver,
                IdentityRefusals.TooManyTries
            );
        app.MapPost("/api/v1/auth/session/prove", ProveAgain.Handle)
            .WithName("proveSession")
            .Does("Show once more who is signed in, so that ways in can be taken away")
            .Takes(FactorJson.Default.Proof)
            .GivesNothing()
            .Refuses(
                IdentityRefusals.WrongPassword,
                FactorRefusals.CodeNeeded,
                FactorRefusals.WrongCode,
                IdentityRefusals.TooManyTries
            );
        app.MapGet("/api/v1/auth/totp", ShowTotp.Handle)
            .WithName("getTotp")
            .Does("Say whether signing in asks for a code of an authenticator")
            .Gives(FactorJson.Default.ShowTotpResponse);
        app.MapPost("/api/v1/auth/totp", BeginTotp.Handle)
            .WithName("beginTotp")
            .Does("Add an authenticator; its secret is shown once, and it counts when confirmed")
            .Takes(FactorJson.Default.Proof)
            .Gives(FactorJson.Default.BeginTotpResponse, 201)
            .Refuses(
                IdentityRefusals.WrongPassword,
                FactorRefusals.TotpOn,
                IdentityRefusals.TooManyTries
            );
        app.MapPost("/api/v1/auth/totp/confirm", ConfirmTotp.Handle)
            .WithName("confirmTotp")
            .Does("Confirm the authenticator with a first code; gives the recovery codes, once")
            .Takes(FactorJson.Default.ConfirmTotpRequest)
            .Gives(FactorJson.Default.RecoveryCodesResponse)
            .Refuses(
                FactorRefusals.WrongCode,
                FactorRefusals.TotpOff,
                FactorRefusals.TotpOn,
                IdentityRefusals.TooManyTries
            );
        app.MapPost("/api/v1/auth/totp/recovery-codes", RecoveryCodes.Handle)
            .WithName("makeRecoveryCodes")
            .Does("Make new recovery codes, shown once; the former ones open nothing any more")
            .Takes(FactorJson.Default.Proof)
            .Gives(FactorJson.Default.RecoveryCodesResponse)
            .Refuses(Proving);
        app.MapPost("/api/v1/auth/totp/off", EndTotp.Handle)
            .WithName("endTotp")
            .Does("Take the authenticator away, with the password and a code")
            .Takes(FactorJson.Default.Proof)
            .GivesNothing()
            .Refuses(Proving);
    }

    private static Refusal[] Proving =>
        [
            IdentityRefusals.WrongPassword,
            FactorRefusals.CodeNeeded,
            FactorRefusals.WrongCode,
            FactorRefusals.TotpOff,
            IdentityRefusals.TooManyTries,
        ];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(Proof))]
[JsonSerializable(typeof(BeginTotp.Response), TypeInfoPropertyName = "BeginTotpResponse")]
[JsonSerializable(typeof(ConfirmTotp.Request), TypeInfoPropertyName = "ConfirmTotpRequest")]
[JsonSerializable(typeof(RecoveryCodes.Response), TypeInfoPropertyName = "RecoveryCodesResponse")]
[JsonSerializable(typeof(ShowTotp.Response), TypeInfoPropertyName = "ShowTotpResponse")]
[JsonSerializable(typeof(SignInWithCode.Request), TypeInfoPropertyName = "SignInWithCodeRequest")]
internal sealed partial class FactorJson : JsonSerializerContext;
