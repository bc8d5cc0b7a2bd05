using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passwords;

internal static class PasswordRoutes
{
    public static IServiceCollection AddPasswords(this IServiceCollection services)
    {
        services.AddSingleton(_ => new PasswordCheck());
        services.AddSingleton<ForgotPassword>();
        services.AddHostedService(provider => provider.GetRequiredService<ForgotPassword>());
        return services.AddSingleton<ResetPassword>().AddSingleton<ChangePassword>();
    }

    public static void MapPasswords(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/auth/forgot-password", ForgotPassword.Handle)
            .WithName("forgotPassword")
            .Does("Send a link that sets a new password, if there is such a person")
            .Takes(PasswordJson.Default.ForgotPasswordRequest)
            .Gives(PasswordJson.Default.ForgotPasswordResponse)
            .Refuses(IdentityRefusals.NoMail, IdentityRefusals.TooManyTries);
        app.MapPost("/api/v1/auth/reset-password", ResetPassword.Handle)
            .WithName("resetPassword")
            .Does("Set a new password with the code of a link; all sessions of the person end")
            .Takes(PasswordJson.Default.ResetPasswordRequest)
            .GivesNothing()
            .Refuses(IdentityRefusals.LinkNotValid);
        app.MapPost("/api/v1/auth/change-password", ChangePassword.Handle)
            .WithName("changePassword")
            .Does("Change the password of the person who is signed in; all other sessions end")
            .Takes(PasswordJson.Default.ChangePasswordRequest)
            .GivesNothing()
            .Refuses(
                IdentityRefusals.WrongPassword,
                FactorRefusals.CodeNeeded,
                FactorRefusals.WrongCode,
                IdentityRefusals.TooManyTries
            );
        app.MapPost("/api/v1/admin/organizations/{org}/password", MakeResetLink.Handle)
            .WithName("makeResetLink")
            .Does("Make a link that sets a new password, for somebody who has lost the way in")
            .Takes(PasswordJson.Default.MakeResetLinkRequest)
            .Gives(PasswordJson.Default.MakeResetLinkResponse, 201)
            .Refuses(IdentityRefusals.MemberNotFound);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(ForgotPassword.Request), TypeInfoPropertyName = "ForgotPasswordRequest")]
[JsonSerializable(typeof(ForgotPassword.Response), TypeInfoPropertyName = "ForgotPasswordResponse")]
[JsonSerializable(typeof(ResetPassword.Request), TypeInfoPropertyName = "ResetPasswordRequest")]
[JsonSerializable(typeof(ChangePassword.Request), TypeInfoPropertyName = "ChangePasswordRequest")]
[JsonSerializable(typeof(MakeResetLink.Request), TypeInfoPropertyName = "MakeResetLinkRequest")]
[JsonSerializable(typeof(MakeResetLink.Response), TypeInfoPropertyName = "MakeResetLinkResponse")]
internal sealed partial class PasswordJson : JsonSerializerContext;
