using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Passwords;

namespace Sluice.Server.Console.Security;

/// <summary>A new password for whoever is signed in and knows the one so far.</summary>
internal static class PasswordPages
{
    public const string Path = SecurityPages.Root + "/password";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Path, (Visit visit) => Ask(visit, FormState.Fresh));
        pages.MapPost(Path, Change);
    }

    /// <param name="NeedsCode">Whether the login asks for a code besides.</param>
    internal sealed record Model(FormState Form, bool NeedsCode);

    private static async Task<IResult> Ask(Visit visit, FormState form)
    {
        var totp = await visit.Ask("getTotp", FactorJson.Default.ShowTotpResponse);
        return totp.Refused
            ? visit.Refused(totp.Refusal)
            : visit.Page<PasswordChange>(new Model(form, totp.Value.State == "on"));
    }

    private static async Task<IResult> Change(Visit visit)
    {
        var posted = await visit.Read();
        var wish = new ChangePassword.Request
        {
            CurrentPassword = posted["current_password"],
            NewPassword = posted["new_password"],
            Code = posted.Text("code"),
        };
        var refusal =
            posted.Refusal
            ?? await visit.Do(
                "changePassword",
                ActInput.With(wish, PasswordJson.Default.ChangePasswordRequest)
            );
        return refusal is null
            ? visit.Done(
                SecurityPages.Root,
                "Your password is changed. You are signed in here alone."
            )
            : await Ask(visit, new FormState(posted, refusal));
    }
}
