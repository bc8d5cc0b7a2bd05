using System.Text.Json;
using Sluice.Server.Identity;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Names that are made to be taken for others.</summary>
public sealed class NameTests(Houses houses)
{
    /// <summary>Turned around, nothing to see, a second line, letters of a hidden alphabet.</summary>
    private static readonly string[] Hidden =
    [
        "a\u202Etxt.exe",
        "a\u2066b\u2069",
        "a\u200Fb",
        "ad\u200Bmin",
        "ad\u00ADmin",
        "ad\uFEFFmin",
        "ad\u2060min",
        "a\u2028b",
        "a\u2029b",
        "a\u0085b",
        "a\u007Fb",
        "admin\U000E0041",
    ];

    /// <summary>Of a person in Persian, of a family in an emoji, and of everybody else.</summary>
    private static readonly string[] Plain =
    [
        "علی‌رضا",
        "👩‍👩‍👧",
        "Zoë Müller-Łukasiewicz",
        "李小龍",
    ];

    [Fact]
    public async Task A_name_that_hides_what_it_is_is_refused_and_the_names_of_people_are_not()
    {
        var house = await houses.Sqlite;
        var tenant = await house.NewTenant();
        var org = $"/api/v1/admin/organizations/{tenant.Handle}";
        (string Path, Func<string, object> Body)[] routes =
        [
            ("/api/v1/keys", name => new { name }),
            ("/api/v1/service-accounts", name => new { name, scopes = (string[])["runs:read"] }),
            (
                "/api/v1/invitations",
                name => new
                {
                    name,
                    email = $"{Guid.NewGuid():N}@example.org",
                    role = "viewer",
                }
            ),
            ("/api/v1/admin/licenses", name => new { organization = name, tier = "professional" }),
            ("/api/v1/admin/organizations", name => new { org_id = NewHandle(), name }),
        ];
        foreach (var (path, body) in routes)
        {
            foreach (var name in Hidden)
                Assert.True(await Send(path, body(name)) == 400, $"{path}: {name}");
            foreach (var name in Plain)
                Assert.True(await Send(path, body(name)) is 200 or 201, $"{path}: {name}");
        }
        foreach (var name in Hidden)
            Assert.Equal(
                400,
                await Send(
                    "/api/v1/invitations",
                    new { email = $"{name}@example.org", role = "viewer" }
                )
            );
        foreach (var reason in Hidden)
            Assert.Equal(400, await Send(org + "/suspend", new { reason }));

        async Task<int> Send(string path, object body)
        {
            using var answer = await house.Send(
                HttpMethod.Post,
                path,
                JsonSerializer.Serialize(body),
                path.Contains("/admin/", StringComparison.Ordinal) ? null : tenant.Key,
                admin: path.Contains("/admin/", StringComparison.Ordinal)
            );
            return (int)answer.StatusCode;
        }
    }

    [Theory]
    [InlineData(" Ada@Example.ORG ", "ada@example.org")]
    [InlineData("zoe\u0308@example.org", null)]
    [InlineData("ZOË@example.org", "zo\u00EB@example.org")]
    [InlineData("\u212Aate@example.org", "kate@example.org")]
    [InlineData("ada@@example.org", null)]
    [InlineData("ada@example.org,eve@example.org", null)]
    [InlineData("ada\u200B@example.org", null)]
    [InlineData("ada\u200D@example.org", null)]
    [InlineData("ada\u202E@example.org", null)]
    [InlineData("ada\uFF20example.org", null)]
    [InlineData("ada\u00A0@example.org", null)]
    [InlineData("ada\r\nBcc:eve@example.org", null)]
    public void What_looks_like_one_address_is_one(string typed, string? kept) =>
        Assert.Equal(kept, Email.Read(typed));

    [Fact]
    public void What_a_stranger_says_of_itself_is_shown_without_what_turns_the_line_around()
    {
        Assert.Equal("curl/8 txt.exe", PlainText.Of("curl/8\u202E \r\ntxt.exe\u2066", 40));
        Assert.Equal("ab", PlainText.Of("ab𝄞", 3));
    }

    private static string NewHandle() => $"n{Guid.NewGuid():N}"[..20];
}
