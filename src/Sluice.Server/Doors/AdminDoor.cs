using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Keys;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>Settings of the section <c>Admin</c>.</summary>
internal sealed class AdminOptions
{
    /// <summary>Addresses and CIDR ranges that the admin key may be used from; none: from anywhere.</summary>
    public IReadOnlyList<string> AllowedCidrs { get; set; } = [];
}

/// <summary>The operator's door: <c>X-Admin-API-Key</c>, needed in every mode.</summary>
internal sealed class AdminDoor
{
    public const string Header = "X-Admin-API-Key";

    private static readonly Caller Operator = new()
    {
        Door = Door.Admin,
        TenantId = "",
        Handle = "",
        Environment = EnvironmentNames.Live,
        Scopes = Scopes.None,
    };

    private readonly AdminKey _key;
    private readonly BadTexts _bad;
    private readonly string? _ranges;

    public AdminDoor(
        AdminKey key,
        SharedLimits shared,
        IOptions<AdminOptions> options,
        IOptions<KeyOptions> keys
    )
    {
        _key = key;
        _bad = new BadTexts(shared.Of("bad.admin"), keys.Value.BadKeysPerMinute);
        var mistakes = new List<Sluice.Language.Mistake>();
        _ranges = AddressRanges.Read(options.Value.AllowedCidrs, mistakes);
        if (mistakes.Count > 0)
            throw new OptionsValidationException(
                "Admin",
                typeof(AdminOptions),
                mistakes.Select(mistake => $"Admin:AllowedCidrs: {mistake.Message}")
            );
    }

    /// <summary>The operator, or why not.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked; nobody is let in.</exception>
    public async ValueTask<Outcome<Caller>> Open(string presented, IPAddress? address)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(presented));
        if (_bad.Bar(hash, address) is { } barred)
            return KeyRefusals.AddressBarred.With(barred);
        if (!await _key.IsValid(hash))
        {
            _bad.Note(address);
            return DoorRefusals.Unauthorized;
        }
        _bad.Trust(hash);
        return _ranges is not null && !AddressRanges.Contain(_ranges, address)
            ? KeyRefusals.AddressNotAllowed.With(
                "The admin key may not be used from this address; its ranges are the setting `Admin:AllowedCidrs`."
            )
            : Operator;
    }
}
