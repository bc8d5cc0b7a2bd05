using System.Net;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Keys;
using Sluice.Server.Licenses;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>
/// The door of organisations: a license key in <c>X-License-Key</c>, or as bearer. It opens the families that name it, and no
/// administration.
/// </summary>
internal sealed class LicenseDoor(
    LicenseChecks licenses,
    SharedLimits shared,
    IOptions<KeyOptions> options
)
{
    public const string Header = "X-License-Key";

    /// <summary>What an organisation may do as a whole (<c>spec/access.md</c>).</summary>
    private const Scopes Rights = Scopes.RunsWrite | Scopes.PoliciesRead;

    private readonly TokenBuckets _calls = shared.Of("license.calls");
    private readonly BadTexts _bad = new(shared.Of("bad.license"), options.Value.BadKeysPerMinute);

    /// <summary>The license key of a request: a bearer that has the form of one, else the header. Null: there is none.</summary>
    public string? Presented(HttpRequest request, string bearer) =>
        bearer.Length > 0
            ? licenses.HasForm(bearer)
                ? bearer
                : null
            : request.Headers.TryGetValue(Header, out var values)
                ? values.ToString()
                : null;

    /// <summary>The caller, or why not.</summary>
    public async Task<Outcome<Caller>> Open(string text, HttpContext context)
    {
        var found = await Find(text, context);
        if (found.Refused)
            return found.Refusal;
        var (license, standing) = (found.Value.License, found.Value.Standing);
        if (standing.RefusesChanges)
            return LicenseRefusals.Expired.With(
                $"The license expired on {LicenseStanding.Day(standing.Terms!.ExpiresAt)}, and its grace is over. Contact the operator of this server for a renewal, and use the key of that. Running flows go on."
            );
        if (license.RateLimit is { } perMinute)
        {
            var state = _calls.Take(license.Id, perMinute / 60.0, perMinute);
            var limit = new LimitShown("license", perMinute, 60, state.Remaining, state.RetryAfter);
            limit.Write(context.Response);
            if (!state.Taken)
                return KeyRefusals.RateLimited.With(limit);
        }
        return new Caller
        {
            Door = Door.License,
            TenantId = license.Tenant!,
            Handle = found.Value.Handle,
            Environment = EnvironmentNames.Live,
            Scopes = Rights,
            OwnerKind = OwnerKinds.License,
            OwnerId = license.Id,
            Suspended = found.Value.Suspended,
        };
    }

    /// <summary>What a key in <c>X-License-Key</c> is, for <c>/health</c>: which counts as a try like any other.</summary>
    public async Task<LicenseBlock> Describe(string text, HttpContext context)
    {
        var found = await Find(text, context);
        return found.Refused
            ? LicenseBlock.NotKnown(found.Refusal.Detail)
            : LicenseBlock.Of(found.Value.Standing);
    }

    private async Task<Outcome<FoundLicense>> Find(string text, HttpContext context)
    {
        if (!licenses.HasForm(text))
            return LicenseRefusals.InvalidKey;
        var address = context.Connection.RemoteIpAddress;
        var hash = KeyText.Hash(text);
        if (_bad.Bar(hash, address) is { } barred)
            return KeyRefusals.AddressBarred.With(barred);
        var found = await licenses.Find(text, context.RequestAborted);
        if (found.Refused)
            _bad.Note(address);
        else
            _bad.Trust(hash);
        return found;
    }
}
