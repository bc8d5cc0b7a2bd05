using Sluice.Seal;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

/// <summary>
/// What is asked for beside a password: a code of the authenticator, each of which is accepted once, or a recovery code. A wrong one
/// counts like a wrong password, and of these an hour has few.
/// </summary>
internal sealed class SecondFactor(
    Database database,
    MasterKeys masters,
    PasswordCheck passwords,
    SignInLimits limits,
    TimeProvider clock
)
{
    /// <summary>Most characters of a code that is looked at.</summary>
    public const int LongestCode = 64;

    /// <summary>What the ledger calls a way in.</summary>
    public const string ByCode = "password and code";

    /// <inheritdoc cref="ByCode"/>
    public const string ByRecoveryCode = "password and recovery code";

    /// <summary>How long it counts that a person has shown who it is.</summary>
    private static readonly TimeSpan ProofLasts = TimeSpan.FromMinutes(10);

    /// <summary>Whether a login asks for a code.</summary>
    public static async Task<bool> IsOn(Session session, string email) =>
        await TotpStore.Find(session, email) is { ConfirmedAt: not null };

    /// <summary>Accepts a code and uses it up, in the caller's write.</summary>
    /// <returns>How the person came in, for the ledger; null when the code is not right.</returns>
    public async Task<string?> Accept(Session session, string email, string typed)
    {
        if (await TotpStore.Find(session, email) is not { ConfirmedAt: not null } totp)
            return null;
        if (await AcceptCode(session, totp, typed))
            return ByCode;
        return
            RecoveryCode.Hash(typed, email) is { } hash
            && await TotpStore.UseRecoveryCode(session, email, hash, Now())
            ? ByRecoveryCode
            : null;
    }

    /// <summary>Accepts a code of the authenticator, also of one that does not count yet.</summary>
    public async Task<bool> AcceptCode(Session session, Totp totp, string typed)
    {
        var text = typed.Replace(" ", "", StringComparison.Ordinal);
        if (text.Length != OneTimeCode.Digits || !text.All(char.IsAsciiDigit))
            return false;
        using var key = await LoginKeys.Open(session, masters, totp.Email);
        if (key is null)
            return false;
        using var codes = OneTimeCode.From(key);
        var step = codes.Match(text, OneTimeCode.StepAt(clock.GetUtcNow()), totp.LastStep);
        return step is { } matched && await TotpStore.Use(session, totp.Email, matched);
    }

    /// <summary>Asks whoever has shown the password for a code, where the login asks for one; null when nothing is missing.</summary>
    public async Task<Refusal?> Ask(HttpContext context, string email, string? code)
    {
        var stop = context.RequestAborted;
        if (!await database.Read(session => IsOn(session, email), stop))
            return null;
        if (string.IsNullOrWhiteSpace(code))
            return FactorRefusals.CodeNeeded;
        var refused = await Try(
            context,
            email,
            async session => await Accept(session, email, code) is not null
        );
        return refused;
    }

    /// <summary>One try with a code, which counts unless it is right.</summary>
    public async Task<Refusal?> Try(
        HttpContext context,
        string email,
        Func<Session, Task<bool>> accept
    )
    {
        if (
            limits.Begin(context.Connection.RemoteIpAddress, email, out var limit, withCode: true)
            is not { } tried
        )
            return IdentityRefusals.TooManyTries.With(limit!);
        if (!await database.Write(accept, context.RequestAborted))
            return FactorRefusals.WrongCode;
        tried.WasGood();
        return null;
    }

    /// <summary>
    /// Asks the person who is signed in to show again who it is, before a way in is added or taken away: with the password, and with a
    /// code where the login asks for one. A session that was stolen is not enough.
    /// </summary>
    /// <returns>What the act looks at once more where it writes.</returns>
    public async Task<Outcome<Proven>> Prove(HttpContext context, FoundSession person, Proof proof)
    {
        var stop = context.RequestAborted;
        if (
            limits.Begin(context.Connection.RemoteIpAddress, person.Email, out var limit)
            is not { } tried
        )
            return IdentityRefusals.TooManyTries.With(limit!);
        var login = await database.Read(session => LoginStore.Find(session, person.Email), stop);
        if (!(await passwords.Verify(proof.Password ?? "", login?.Password, stop)).Right)
            return IdentityRefusals.WrongPassword;
        tried.GiveBack();
        if (await Ask(context, person.Email, proof.Code) is { } refusal)
            return refusal;
        var proven = new Proven(person.Email, login!.ChangedAt);
        var kept = await database.Write(
            async session =>
            {
                if (!await proven.Holds(session))
                    return false;
                await SessionStore.Prove(session, person.TenantId, person.Id, Now());
                return true;
            },
            stop
        );
        return kept ? proven : IdentityRefusals.WrongPassword;
    }

    /// <summary>
    /// Whether the session of a request is open still, where what was begun with a proof is finished by another request. First in the
    /// write that finishes it: a new password, which ends sessions, waits until that is kept, or is seen here.
    /// </summary>
    public static async Task<bool> IsStillIn(Session session, FoundSession person)
    {
        await LoginStore.Hold(session, person.Email);
        return await SessionStore.IsOpen(session, person.TenantId, person.Id);
    }

    /// <summary>Whether the person has shown within the last minutes who it is: by signing in, with whatever, or by <see cref="Prove"/>.</summary>
    public bool IsProven(FoundSession person) =>
        Now() - person.ProvenAt <= (long)ProofLasts.TotalMilliseconds;

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>That a person has shown who it is: worth what it says for as long as the password is the one that was shown.</summary>
/// <param name="ChangedAt">When that password was set.</param>
internal sealed record Proven(string Email, long ChangedAt)
{
    /// <summary>
    /// Whether it is the person's password still. First in the write that acts on it: a new password waits until that is
    /// kept, or is seen here.
    /// </summary>
    public async Task<bool> Holds(Session session) =>
        (await LoginStore.Hold(session, Email))?.ChangedAt == ChangedAt;
}

/// <summary>What a person shows once more before a way in changes.</summary>
internal sealed record Proof
{
    /// <summary>The one that is signed in with.</summary>
    public string? Password { get; init; }

    /// <summary>Of the authenticator, or a recovery code; where the login asks for one.</summary>
    public string? Code { get; init; }

    // Never by way of a record's printer.
    public override string ToString() => "Proof";
}
