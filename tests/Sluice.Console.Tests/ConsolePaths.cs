using System.Text.Json;
using Sluice.Server.Tests;

namespace Sluice.Console.Tests;

/// <summary>Addresses of all pages, of things that are there.</summary>
internal static class ConsolePaths
{
    /// <summary>What is asked for within a page, and is none itself.</summary>
    public static readonly IReadOnlyList<string> NoPages =
    [
        "/console/{**rest}",
        "/console/assets/{name}",
        "/console/flows/{owner}/{name}/picture",
        "/console/canvas/packages",
        "/console/canvas/messages",
        "/console/canvas/flows",
        "/console/canvas/runs/{id}",
    ];

    /// <summary>Pages that are looked at on the way through a form, or before anybody has signed in.</summary>
    public static readonly IReadOnlyList<string> WalkedElsewhere =
    [
        "/console/sign-in",
        "/console/sign-in/forgotten",
        "/console/security/totp/codes",
        "/console/security/totp/off",
        "/console/security/passkeys/one/rename",
        "/console/security/passkeys/one/remove",
    ];

    /// <summary>Those that whoever is signed in to the world can see.</summary>
    public static async Task<IReadOnlyList<string>> Of(ConsoleWorld world)
    {
        var tenant = world.Tenant;
        var key = (await List(tenant, "keys"))[0].GetProperty("id").GetString();
        var config = (await List(tenant, "configs"))[0].GetProperty("id").GetString();
        var account = (await List(tenant, "service-accounts"))[0].GetProperty("id").GetString();
        var member = (await List(tenant, "members"))[1].GetProperty("id").GetString();
        var flow = $"{tenant.Handle}/{ConsoleWorld.Flow}";
        var session = (await List(tenant, "memory/sessions"))[0].GetProperty("id").GetString();
        var entry = (await List(tenant, $"memory/entries?flow={flow}"))[0]
            .GetProperty("id")
            .GetString();
        return
        [
            "/console",
            "/console/api-keys",
            "/console/api-keys/create",
            $"/console/api-keys/{key}",
            $"/console/api-keys/{key}/revoke",
            $"/console/api-keys/{key}/rotate",
            $"/console/api-keys/{key}/limits",
            "/console/secrets",
            "/console/secrets/add",
            "/console/secrets/add?name=GREETER_SIGNATURE",
            "/console/secrets/GREETER_SIGNATURE/delete",
            "/console/usage",
            "/console/flow-configs",
            "/console/flow-configs/create",
            $"/console/flow-configs/{config}",
            $"/console/flow-configs/{config}/delete",
            $"/console/flow-configs/{config}/overrides/GREETER_SIGNATURE/delete",
            "/console/runs",
            "/console/runs?status=failed",
            $"/console/runs/{world.Run}",
            $"/console/runs/{world.FailingRun}",
            $"/console/runs/{world.FailingRun}/replay",
            $"/console/runs/{world.Run}/replay?checkpoint=1",
            $"/console/runs/{world.Run}/breakpoints",
            $"/console/runs/{world.Run}/cancel",
            "/console/packages",
            $"/console/packages/{tenant.Handle}/works/0.1.0",
            $"/console/packages/{tenant.Handle}/works/0.1.0/delete",
            "/console/flows",
            "/console/flows/new",
            $"/console/flows/{flow}",
            $"/console/flows/{flow}/edit",
            $"/console/flows/{flow}/canvas",
            "/console/canvas",
            $"/console/flows/{flow}/delete",
            "/console/memory",
            $"/console/memory/flows/{flow}",
            $"/console/memory/flows/{flow}?q=gate",
            $"/console/memory/flows/{flow}/delete",
            $"/console/memory/flows/{flow}/entries/{entry}/delete",
            $"/console/memory/sessions/{session}",
            $"/console/memory/sessions/{session}/delete",
            "/console/service-accounts",
            "/console/service-accounts/create",
            $"/console/service-accounts/{account}",
            $"/console/service-accounts/{account}/remove",
            "/console/members",
            $"/console/members/{member}",
            $"/console/members/{member}/remove",
            "/console/members/invite",
            $"/console/members/invitations/{world.Invitation}/revoke",
            "/console/audit",
            "/console/audit?action=key.*&result=done",
            "/console/license",
            "/console/settings",
            "/console/sessions",
            "/console/organisations",
            "/console/profile",
            "/console/security",
            "/console/security/password",
            "/console/security/totp/add",
            "/console/security/passkeys/add",
            "/console/nothing-of-the-sort",
            "/console/_components",
        ];
    }

    private static async Task<List<JsonElement>> List(TestTenant tenant, string what)
    {
        using var answer = await tenant.Get($"/api/v1/{what}");
        return [.. (await TestHouse.Json(answer)).GetProperty("data").EnumerateArray()];
    }
}
