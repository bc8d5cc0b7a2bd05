using Sluice.Language;
using Sluice.Server.Ledger;
using Sluice.Server.Licenses;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Operations.Organizations;

/// <summary>Changes an organisation's name or tier; its handle is for ever.</summary>
internal static class UpdateOrganization
{
    internal sealed record Request
    {
        /// <summary>1 to 200 printable characters; absent: it stays.</summary>
        public string? Name { get; init; }

        /// <summary>Absent: it stays. A license that is issued sets it, too.</summary>
        public string? Tier { get; init; }
    }

    public static async Task<IResult> Handle(
        string org,
        HttpContext context,
        Origin origin,
        Database database
    )
    {
        var body = await Body.Read(context, OrganizationJson.Default.UpdateOrganizationRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var name = body.Value.Name?.Trim();
        if (name is not null && (name.Length is < 1 or > 200 || !PlainText.Is(name)))
            mistakes.Add(
                new Mistake("name", "name has 1 to 200 printable characters", Where: "name")
            );
        var tier = LicenseTier.Find(body.Value.Tier);
        if (body.Value.Tier is not null && tier is null)
            mistakes.Add(
                new Mistake(
                    "tier",
                    $"tier is one of {string.Join(", ", LicenseTier.All.Select(each => each.Name))}",
                    Where: "tier"
                )
            );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        return ReadOrganizations.Answer(
            await database.Write(
                async session =>
                {
                    if (await TenantStore.FindByHandle(session, org) is not { } tenant)
                        return null;
                    await TenantStore.Update(
                        session,
                        tenant.Id,
                        name ?? tenant.Name,
                        tier?.Name ?? tenant.Tier
                    );
                    var shown = await ReadOrganizations.Show(session, org);
                    await Audit.Record(
                        session,
                        origin,
                        new Fact("tenant.update", "tenant", tenant.Id)
                        {
                            TenantId = tenant.Id,
                            ["name"] = name,
                            ["tier"] = tier?.Name,
                        }
                    );
                    return shown;
                },
                context.RequestAborted
            )
        );
    }
}
