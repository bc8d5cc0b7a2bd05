using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Keys;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Operations;

/// <summary><c>serve --dev</c>: a tenant, a member and a key ready made, so that the first call needs no set-up.</summary>
internal sealed class DevelopmentTenant(
    Database database,
    IOptions<KeyOptions> options,
    UlidSource ids,
    TimeProvider clock,
    TextWriter terminal
)
{
    private const string Handle = "dev";

    /// <summary>Makes what is missing. The key's text lies in a file of mode 0600, and is returned when it is new.</summary>
    public async Task<string?> Prepare(string keyFile, CancellationToken stop)
    {
        if (File.Exists(keyFile))
            return null;
        var text = await database.Write(Make, stop);
        Disk.WriteWhole(keyFile, Encoding.UTF8.GetBytes(text + "\n"));
        return text;
    }

    /// <summary>Says loudly what this is, with the key where it was made just now.</summary>
    public async Task Announce(string keyFile, CancellationToken stop)
    {
        var made = await Prepare(keyFile, stop);
        await terminal.WriteLineAsync(
            $"""
            ******** DEVELOPMENT: not for anything that matters ********
            Tenant {Handle}, member {Handle}@localhost, and a key that may do everything in it.
            {(
                made is null ? "The key" : $"The key, shown this once:\n  {made}\nIt"
            )} is in {keyFile}:
              export SLUICE_API_KEY=$(cat {keyFile})
            ************************************************************
            """
        );
    }

    private async Task<string> Make(Session session)
    {
        var request = new CreateOrganization.Request
        {
            OrgId = Handle,
            Name = "Development",
            Owner = new CreateOrganization.OwnerWish
            {
                Email = $"{Handle}@localhost",
                Name = "Developer",
            },
        };
        var origin = Origin.OfServer(clock);
        var made = await CreateOrganization.Make(session, origin, request, options.Value, ids);
        if (made.Response.Key is { } first)
            return first;
        // The tenant is older than the file: somebody has removed the file, and nobody has the key's text.
        var owner = await OwnerStore.FirstOwner(session, made.Response.TenantId);
        var (key, text) = CreateKey.Mint(
            new KeyWish("development", EnvironmentNames.Live, "standard", null),
            OwnerKinds.Member,
            owner!.Id,
            options.Value,
            ids,
            clock.GetUtcNow().ToUnixTimeMilliseconds()
        );
        await KeyStore.Insert(session, made.Response.TenantId, key);
        await Audit.Record(
            session,
            origin,
            KeyFacts.Created(key) with
            {
                TenantId = made.Response.TenantId,
            }
        );
        return text;
    }
}
