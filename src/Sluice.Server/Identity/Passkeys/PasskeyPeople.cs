using Microsoft.AspNetCore.Identity;
using Sluice.Server.Store;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>A person towards authenticators.</summary>
/// <param name="Handle">The random name by which they know the person.</param>
/// <param name="Email">Whose login it is.</param>
internal sealed record PasskeyPerson(string Handle, string Email);

/// <summary>
/// What the framework's handler of passkeys asks of a store: to find people and their passkeys. It changes nothing; what it has checked is
/// kept by the acts of this room, in the write in which they are recorded.
/// </summary>
internal sealed class PasskeyPeople(Database database) : IUserPasskeyStore<PasskeyPerson>
{
    public async Task<PasskeyPerson?> FindByIdAsync(
        string userId,
        CancellationToken cancellationToken
    ) =>
        await database.Read(
            session => PasskeyStore.FindByHandle(session, userId),
            cancellationToken
        )
            is { } email
            ? new PasskeyPerson(userId, email)
            : null;

    public async Task<PasskeyPerson?> FindByPasskeyIdAsync(
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        await database.Read(
            session => PasskeyStore.FindByCredential(session, credentialId),
            cancellationToken
        )
            is { } passkey
            ? new PasskeyPerson(passkey.Handle, passkey.Email)
            : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(
        PasskeyPerson user,
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        await database.Read(
            session => PasskeyStore.FindByCredential(session, credentialId),
            cancellationToken
        )
            is { } passkey
        && passkey.Handle == user.Handle
        && passkey.Email == user.Email
            ? InfoOf(passkey)
            : null;

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(
        PasskeyPerson user,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await database.Read(
                    session => PasskeyStore.Of(session, user.Email),
                    cancellationToken
                )
            ).Select(InfoOf),
        ];

    public Task<string> GetUserIdAsync(PasskeyPerson user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Handle);

    public Task<string?> GetUserNameAsync(
        PasskeyPerson user,
        CancellationToken cancellationToken
    ) => Task.FromResult<string?>(user.Email);

    public Task<string?> GetNormalizedUserNameAsync(
        PasskeyPerson user,
        CancellationToken cancellationToken
    ) => Task.FromResult<string?>(user.Email);

    public Task<PasskeyPerson?> FindByNameAsync(
        string normalizedUserName,
        CancellationToken cancellationToken
    ) => throw Unasked();

    public Task AddOrUpdatePasskeyAsync(
        PasskeyPerson user,
        UserPasskeyInfo passkey,
        CancellationToken cancellationToken
    ) => throw Unasked();

    public Task RemovePasskeyAsync(
        PasskeyPerson user,
        byte[] credentialId,
        CancellationToken cancellationToken
    ) => throw Unasked();

    public Task SetUserNameAsync(
        PasskeyPerson user,
        string? userName,
        CancellationToken cancellationToken
    ) => throw Unasked();

    public Task SetNormalizedUserNameAsync(
        PasskeyPerson user,
        string? normalizedName,
        CancellationToken cancellationToken
    ) => throw Unasked();

    public Task<IdentityResult> CreateAsync(
        PasskeyPerson user,
        CancellationToken cancellationToken
    ) => throw Unasked();

    public Task<IdentityResult> UpdateAsync(
        PasskeyPerson user,
        CancellationToken cancellationToken
    ) => throw Unasked();

    public Task<IdentityResult> DeleteAsync(
        PasskeyPerson user,
        CancellationToken cancellationToken
    ) => throw Unasked();

    public void Dispose() { }

    private static UserPasskeyInfo InfoOf(Passkey passkey) =>
        new(
            passkey.Credential,
            passkey.PublicKey,
            DateTimeOffset.FromUnixTimeMilliseconds(passkey.CreatedAt),
            (uint)passkey.SignCount,
            passkey.Transports.Length == 0 ? [] : passkey.Transports.Split(','),
            isUserVerified: true,
            isBackupEligible: passkey.BackupEligible == 1,
            isBackedUp: passkey.BackedUp == 1,
            attestationObject: [],
            clientDataJson: []
        );

    private static NotSupportedException Unasked() =>
        new("the handler of passkeys reads; the acts of this room write");
}
