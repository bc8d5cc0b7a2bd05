using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>
/// What is asked of authenticators and how their answers are checked (Web Authentication, level 3), by the framework's handler. The
/// relying party is the host of the server's public address and answers are of its origin alone, whatever a request says in its
/// <c>Host</c>; the person must be verified by the authenticator.
/// </summary>
internal sealed class PasskeyCeremony
{
    private readonly PublicAddress _address;
    private readonly Lazy<PasskeyHandler<PasskeyPerson>> _handler;

    public PasskeyCeremony(
        Database database,
        PublicAddress address,
        IServiceProvider services,
        ILogger<UserManager<PasskeyPerson>> log
    )
    {
        _address = address;
        // Where the server listens is known when the first is asked for, and not before.
        _handler = new(() =>
            new PasskeyHandler<PasskeyPerson>(
                new UserManager<PasskeyPerson>(
                    new PasskeyPeople(database),
                    Options.Create(new IdentityOptions()),
                    null!,
                    [],
                    [],
                    null!,
                    new IdentityErrorDescriber(),
                    services,
                    log
                ),
                Options.Create(
                    new IdentityPasskeyOptions
                    {
                        ServerDomain = address.Url.Host,
                        UserVerificationRequirement = "required",
                        ResidentKeyRequirement = "required",
                        AttestationConveyancePreference = "none",
                        AuthenticatorTimeout = Factors.SignInStep.Lifetime,
                        ValidateOrigin = asked =>
                            ValueTask.FromResult(
                                !asked.CrossOrigin && asked.Origin == address.Origin
                            ),
                    }
                )
            )
        );
    }

    /// <summary>A passkey is bound to a name; an address of numbers is none.</summary>
    public bool IsPossible => !IPAddress.TryParse(_address.Url.Host.Trim('[', ']'), out _);

    /// <summary>What a browser is given to make a passkey, and what to remember until it answers.</summary>
    public async Task<(string Options, string State)> AskForNew(
        HttpContext context,
        PasskeyPerson person,
        string name
    )
    {
        var made = await _handler.Value.MakeCreationOptionsAsync(
            new PasskeyUserEntity
            {
                Id = person.Handle,
                Name = person.Email,
                DisplayName = name.Length > 0 ? name : person.Email,
            },
            context
        );
        return (made.CreationOptionsJson, made.AttestationState!);
    }

    /// <summary>What a browser is given to sign in with any passkey of this server.</summary>
    public async Task<(string Options, string State)> AskForAny(HttpContext context)
    {
        var made = await _handler.Value.MakeRequestOptionsAsync(null, context);
        return (made.RequestOptionsJson, made.AssertionState!);
    }

    /// <summary>Checks a new passkey; null when its answer does not fit what was asked.</summary>
    public async Task<PasskeyAttestationResult?> CheckNew(
        HttpContext context,
        JsonElement credential,
        string state
    )
    {
        var result = await _handler.Value.PerformAttestationAsync(
            new PasskeyAttestationContext
            {
                HttpContext = context,
                CredentialJson = credential.GetRawText(),
                AttestationState = state,
            }
        );
        return result.Succeeded ? result : null;
    }

    /// <summary>Checks a sign-in; null when the passkey is not known or its answer does not fit what was asked.</summary>
    public async Task<PasskeyAssertionResult<PasskeyPerson>?> Check(
        HttpContext context,
        JsonElement credential,
        string state
    )
    {
        var result = await _handler.Value.PerformAssertionAsync(
            new PasskeyAssertionContext
            {
                HttpContext = context,
                CredentialJson = credential.GetRawText(),
                AssertionState = state,
            }
        );
        return result.Succeeded ? result : null;
    }
}
