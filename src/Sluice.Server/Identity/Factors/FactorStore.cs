using Sluice.Server.Identity.Passkeys;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server.Identity.Factors;

/// <summary>All that a login has beside its password.</summary>
internal static class FactorStore
{
    /// <summary>Takes authenticator, recovery codes and passkeys away: the login goes to somebody who has none of them.</summary>
    public static async Task ForgetAll(Session session, string email)
    {
        await TotpStore.Forget(session, email);
        await LoginKeys.Forget(session, email);
        await PasskeyStore.RemoveAll(session, email);
        await SignInStepStore.Forget(session, email);
    }
}
